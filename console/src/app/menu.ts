/** The workspace menu: what there is, and who is offered it. */
import {
  Cable,
  Database,
  Gauge,
  Hourglass,
  KeyRound,
  type LucideIcon,
  ScrollText,
  Users,
  Waypoints,
  Webhook,
} from 'lucide-react';
import { isAdmin, may, mayConfigure } from '../api/rights.ts';
import type { Me } from '../api/types.ts';

type Entry = {
  readonly label: string;
  readonly to: string;
  readonly icon: LucideIcon;
  readonly isFor: (me: Me) => boolean;
};

export const menu: readonly Entry[] = [
  { label: 'Overview', to: '/', icon: Gauge, isFor: () => true },
  { label: 'Type elements', to: '/records', icon: Database, isFor: (me) => may(me, 'read') },
  { label: 'Application integration', to: '/interfaces', icon: Cable, isFor: mayConfigure },
  { label: 'Application authentications', to: '/authentications', icon: KeyRound, isFor: mayConfigure },
  { label: 'Schema', to: '/schema', icon: Waypoints, isFor: mayConfigure },
  { label: 'Waiting links', to: '/waiting-links', icon: Hourglass, isFor: (me) => may(me, 'read') },
  { label: 'Webhooks', to: '/webhooks', icon: Webhook, isFor: mayConfigure },
  { label: 'Users and grants', to: '/users', icon: Users, isFor: isAdmin },
  { label: 'Audit', to: '/audit', icon: ScrollText, isFor: mayConfigure },
];
