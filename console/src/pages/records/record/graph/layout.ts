/** Where each record of a neighbourhood stands: a column for each distance, those of one record one below the other beside it. */
import type { Neighbourhood, Node } from './tree.ts';

export const box = { width: 200, height: 44 } as const;
const gap = 12;
/** Between two columns. */
export const reach = 160;

export type Point = { readonly x: number; readonly y: number };

/** `x` and `y` of its upper left corner; `from` that of the record before it. */
export type Placed = Point & { readonly node: Node; readonly side: 'left' | 'right'; readonly from: Point };

export type Layout = {
  readonly width: number;
  readonly height: number;
  readonly center: Point;
  readonly placed: readonly Placed[];
};

export function layoutOf({ left, right }: Neighbourhood): Layout {
  const step = box.width + reach;
  const height = Math.max(box.height, heightOf(left), heightOf(right)) + gap;
  const center = { x: depthOf(left) * step, y: (height - box.height) / 2 };
  return {
    width: center.x + box.width + depthOf(right) * step,
    height,
    center,
    placed: [...place(left, 'left', center), ...place(right, 'right', center)],
  };
}

/** Of nodes one below the other, with all that follows them. */
const heightOf = (nodes: readonly Node[]): number => nodes.reduce((sum, node) => sum + spanOf(node), 0);
const spanOf = ({ children }: Node): number => Math.max(box.height + gap, heightOf(children));

const depthOf = (nodes: readonly Node[]): number =>
  nodes.length === 0 ? 0 : 1 + Math.max(...nodes.map(({ children }) => depthOf(children)));

/** Around the middle of the record that they come from. */
function place(nodes: readonly Node[], side: 'left' | 'right', from: Point): Placed[] {
  const x = from.x + (side === 'right' ? 1 : -1) * (box.width + reach);
  let top = from.y + box.height / 2 - heightOf(nodes) / 2;
  return nodes.flatMap((node) => {
    const span = spanOf(node);
    const at = { x, y: top + (span - box.height) / 2 };
    top += span;
    return [{ ...at, node, side, from }, ...place(node.children, side, at)];
  });
}
