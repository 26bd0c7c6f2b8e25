import {
  ActionIcon,
  Anchor,
  AppShell,
  Burger,
  Divider,
  Group,
  Menu,
  NavLink,
  ScrollArea,
  Stack,
  Text,
  Title,
  useMantineColorScheme,
} from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useQuery } from '@tanstack/react-query';
import { BookOpen, CircleUser, LogOut, Moon, Sun } from 'lucide-react';
import { Suspense, useEffect, useRef } from 'react';
import { Link, Navigate, NavigationType, Outlet, useLocation, useMatch, useNavigationType } from 'react-router';
import { may } from '../api/rights.ts';
import { meQuery, useMe, useSignOut } from '../api/session.ts';
import type { Me } from '../api/types.ts';
import { nameOfRole } from '../pages/access/roles.ts';
import { FindAnywhere } from './find-anywhere.tsx';
import { Loading } from './loading.tsx';
import { menu } from './menu.ts';

/** The frame of every page: the workspace menu beside it, and who is signed in above. */
export function Shell() {
  const { data: me } = useQuery(meQuery);
  const { pathname, search } = useLocation();
  if (me === null) return <Navigate to={`/sign-in?${new URLSearchParams({ to: pathname + search })}`} replace />;
  return <Frame />;
}

function Frame() {
  const me = useMe();
  const [isOpen, { toggle, close }] = useDisclosure();
  const { pathname } = useLocation();
  // biome-ignore lint/correctness/useExhaustiveDependencies: the menu closes when another page is chosen
  useEffect(close, [pathname, close]);
  useBeginOfPage(pathname);
  return (
    <AppShell
      header={{ height: 52 }}
      navbar={{ width: 268, breakpoint: 'sm', collapsed: { mobile: !isOpen } }}
      padding="md"
    >
      <SkipLink />
      <AppShell.Header>
        <Group h="100%" px="md" justify="space-between" wrap="nowrap">
          <Group gap="sm" wrap="nowrap">
            <Burger
              opened={isOpen}
              onClick={toggle}
              hiddenFrom="sm"
              size="sm"
              aria-label={isOpen ? 'Close the menu' : 'Open the menu'}
            />
            <Anchor component={Link} to="/" underline="never" c="inherit">
              <Title order={2} size="h4">
                Keyway
              </Title>
            </Anchor>
            <Text c="dimmed" size="sm" truncate>
              {me.workspace.name}
            </Text>
          </Group>
          <Group gap="xs" wrap="nowrap">
            {may(me, 'read') && <FindAnywhere />}
            <ColorScheme />
            <Account me={me} />
          </Group>
        </Group>
      </AppShell.Header>
      <AppShell.Navbar p="xs" className="menu" aria-label="Workspace menu">
        <ScrollArea>
          <Stack gap={2}>
            {menu
              .filter(({ isFor }) => isFor(me))
              .map((entry) => (
                <MenuLink key={entry.to} {...entry} />
              ))}
            <Divider my="xs" />
            <NavLink
              component="a"
              href="/docs"
              target="_blank"
              rel="noreferrer"
              label="API reference"
              leftSection={<BookOpen size={18} aria-hidden />}
            />
          </Stack>
        </ScrollArea>
      </AppShell.Navbar>
      <AppShell.Main id={mainId} tabIndex={-1} className="main">
        <Suspense fallback={<Loading />}>
          <Outlet />
        </Suspense>
      </AppShell.Main>
    </AppShell>
  );
}

/** Whoever works by keyboard goes on within the page that was asked for, and who hears it is told of it; a new one is seen from its top. */
function useBeginOfPage(pathname: string): void {
  const shown = useRef(pathname);
  const isNew = useNavigationType() !== NavigationType.Pop;
  useEffect(() => {
    if (shown.current === pathname) return;
    shown.current = pathname;
    document.getElementById(mainId)?.focus({ preventScroll: true });
    if (isNew) window.scrollTo(0, 0);
  }, [pathname, isNew]);
}

const mainId = 'page';

/** The first stop of the keyboard, which sees it only then: past the menu, to what the page is about. Not a jump, which would stay in the address. */
const SkipLink = () => (
  <a
    className="skip"
    href={`#${mainId}`}
    onClick={(event) => {
      event.preventDefault();
      document.getElementById(mainId)?.focus();
    }}
  >
    Skip to the page
  </a>
);

function MenuLink({ label, to, icon: Icon }: (typeof menu)[number]) {
  const isHere = useMatch({ path: to, end: to === '/' }) !== null;
  return (
    <NavLink
      component={Link}
      to={to}
      label={label}
      active={isHere}
      aria-current={isHere ? 'page' : undefined}
      leftSection={<Icon size={18} aria-hidden />}
    />
  );
}

function ColorScheme() {
  const { setColorScheme, colorScheme } = useMantineColorScheme();
  const isDark =
    colorScheme === 'dark' || (colorScheme === 'auto' && matchMedia('(prefers-color-scheme: dark)').matches);
  return (
    <ActionIcon
      variant="subtle"
      color="gray"
      size="lg"
      aria-label={isDark ? 'Light colours' : 'Dark colours'}
      onClick={() => setColorScheme(isDark ? 'light' : 'dark')}
    >
      {isDark ? <Sun size={18} /> : <Moon size={18} />}
    </ActionIcon>
  );
}

function Account({ me }: { me: Me }) {
  const signOut = useSignOut();
  const { name, email, role } = me.principal;
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <ActionIcon variant="subtle" color="gray" size="lg" aria-label={`Account of ${name}`}>
          <CircleUser size={20} />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>
          <Text size="sm" c="var(--mantine-color-text)">
            {name}
          </Text>
          {email} · {nameOfRole(role)}
        </Menu.Label>
        <Menu.Item leftSection={<LogOut size={16} aria-hidden />} onClick={() => signOut.mutate()}>
          Sign out
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
