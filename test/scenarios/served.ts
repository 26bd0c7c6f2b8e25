/** Which dialects there are: what a scenario does through one that was taken out is passed over. */
import { dialects } from '../../src/main.ts';
import type { Clients } from './vendor-clients.ts';

export const served = (...names: (keyof Clients)[]): boolean => names.every((name) => Object.hasOwn(dialects, name));

export const allServed = served('sugarcrm', 'origami', 'netsuite', 'zendesk', 'relatics');
