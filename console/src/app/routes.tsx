/** Every page by its address. Each is loaded when it is asked for. */
import { createBrowserRouter, redirect } from 'react-router';
import { prefix } from '../api/client.ts';
import { queryClient } from '../api/query-client.ts';
import { meQuery } from '../api/session.ts';
import { Failed } from './failed.tsx';
import { Loading } from './loading.tsx';
import { Shell } from './shell.tsx';

const page = (load: () => Promise<{ Page: React.ComponentType }>) => async () => ({ Component: (await load()).Page });

/** Whoever is not signed in is led to the sign-in, and back afterwards. */
async function demandSession({ request }: { request: Request }) {
  const me = await queryClient.ensureQueryData(meQuery);
  if (me !== null) return me;
  const { pathname, search } = new URL(request.url);
  const to = pathname.slice(prefix.length) + search;
  throw redirect(to === '/' || to === '' ? '/sign-in' : `/sign-in?${new URLSearchParams({ to })}`);
}

export const router = createBrowserRouter(
  [
    {
      path: '/sign-in',
      ErrorBoundary: Failed,
      HydrateFallback: Loading,
      lazy: page(() => import('../pages/sign-in.tsx')),
    },
    {
      path: '/',
      Component: Shell,
      ErrorBoundary: Failed,
      HydrateFallback: Loading,
      loader: demandSession,
      children: [
        {
          ErrorBoundary: Failed,
          children: [
            { index: true, lazy: page(() => import('../pages/overview/page.tsx')) },
            { path: 'interfaces', lazy: page(() => import('../pages/interfaces/list.tsx')) },
            { path: 'interfaces/:endpoint', lazy: page(() => import('../pages/interfaces/detail.tsx')) },
            { path: 'records', lazy: page(() => import('../pages/records/types.tsx')) },
            { path: 'records/:type', lazy: page(() => import('../pages/records/list/page.tsx')) },
            { path: 'records/:type/import', lazy: page(() => import('../pages/records/import/page.tsx')) },
            { path: 'records/:type/:ref', lazy: page(() => import('../pages/records/record/page.tsx')) },
            { path: 'imports/:import', lazy: page(() => import('../pages/imports/page.tsx')) },
            { path: 'runs/:run', lazy: page(() => import('../pages/runs/page.tsx')) },
            { path: 'authentications', lazy: page(() => import('../pages/access/authentications.tsx')) },
            { path: 'users', lazy: page(() => import('../pages/access/users.tsx')) },
            { path: 'schema', lazy: page(() => import('../pages/schema/page.tsx')) },
            { path: 'waiting-links', lazy: page(() => import('../pages/waiting-links/page.tsx')) },
            { path: 'webhooks', lazy: page(() => import('../pages/webhooks/list.tsx')) },
            { path: 'webhooks/:webhook', lazy: page(() => import('../pages/webhooks/detail.tsx')) },
            { path: 'audit', lazy: page(() => import('../pages/audit/page.tsx')) },
            { path: '*', lazy: page(() => import('../pages/not-found.tsx')) },
          ],
        },
      ],
    },
  ],
  { basename: prefix === '' ? '/' : prefix },
);
