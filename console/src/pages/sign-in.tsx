import { Button, Center, Paper, PasswordInput, Stack, Text, TextInput, Title } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useDocumentTitle } from '@mantine/hooks';
import { useQuery } from '@tanstack/react-query';
import { Navigate, useSearchParams } from 'react-router';
import { meQuery, useSignIn } from '../api/session.ts';
import { ProblemAlert } from '../components/problem-alert.tsx';

export function Page() {
  useDocumentTitle('Sign in · Keyway');
  const signIn = useSignIn();
  const { data: me } = useQuery(meQuery);
  const [parameters] = useSearchParams();
  const form = useForm({ initialValues: { user_name: '', password: '' } });
  if (me) return <Navigate to={ownAddress(parameters.get('to'))} replace />;
  return (
    // It hangs from its head, and what was wrong comes last: nothing moves under the hand of who is typing.
    <Center
      component="main"
      mih="100vh"
      px="md"
      pb="md"
      pt={{ base: 'md', sm: '18vh' }}
      style={{ alignItems: 'start' }}
    >
      <Paper withBorder shadow="sm" p="xl" w={380}>
        <form onSubmit={form.onSubmit((values) => signIn.mutate(values))}>
          <Stack>
            <div>
              <Title order={1} size="h3">
                Keyway
              </Title>
              <Text c="dimmed" size="sm">
                Sign in to your workspace
              </Text>
            </div>
            <TextInput
              label="User name"
              autoComplete="username"
              autoFocus
              required
              className="unmarked"
              {...form.getInputProps('user_name')}
            />
            <PasswordInput
              label="Password"
              autoComplete="current-password"
              required
              className="unmarked"
              {...form.getInputProps('password')}
            />
            <Button type="submit" loading={signIn.isPending}>
              Sign in
            </Button>
            {signIn.isError && <ProblemAlert fault={signIn.error} title="Not signed in" />}
          </Stack>
        </form>
      </Paper>
    </Center>
  );
}

/** Only an address of the console itself: a link to the sign-in must lead nowhere else. */
function ownAddress(to: string | null): string {
  const { origin } = window.location;
  // As a browser reads it, which passes over tabs and takes a backslash for a slash.
  return to?.startsWith('/') && URL.parse(to, origin)?.origin === origin ? to : '/';
}
