import { Type } from '../../json-schema.ts';
import { Id } from './common.ts';

export const PointerShape = Type.Object(
  { type: Type.String(), number: Type.Integer(), id: Id },
  { $id: 'Pointer', description: 'Which record, in short.' },
);
