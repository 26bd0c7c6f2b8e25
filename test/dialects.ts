// All dialects that there are, loaded.
import { loadDialects } from '../src/dialects/contract.ts';
import { dialects as all } from '../src/main.ts';

export const dialects = await loadDialects(all);
