import { type Static, Type } from '../../json-schema.ts';
import { Time } from './common.ts';

export const ActivityShape = Type.Object(
  {
    items: Type.Array(
      Type.Object({ from: Time, changes: Type.Integer({ description: 'From then on, for an hour.' }) }),
    ),
  },
  { $id: 'Activity', description: 'How much was changed, hour by hour.' },
);

export type Activity = Static<typeof ActivityShape>;
