/** Which ends of a link type may have one link of it only. */
import type { LinkType } from '../../../model/catalogue.ts';

export const leftIsSingle = (link: LinkType): boolean =>
  link.cardinality === 'many-to-one' || link.cardinality === 'one-to-one';
export const rightIsSingle = (link: LinkType): boolean =>
  link.cardinality === 'one-to-many' || link.cardinality === 'one-to-one';
