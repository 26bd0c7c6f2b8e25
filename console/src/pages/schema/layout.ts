/** Where each type stands in the diagram, and the way of each connection. */
import { Graph, layout } from '@dagrejs/dagre';
import type { Schema } from '../../api/types.ts';
import { type Connection, connectionsOf, type ShownType, typesOf } from './model.ts';

type Point = { readonly x: number; readonly y: number };

export type Placed = {
  readonly width: number;
  readonly height: number;
  readonly types: readonly (ShownType & Point)[];
  readonly connections: readonly (Connection & { readonly points: readonly Point[]; readonly at: Point })[];
};

export const box = { width: 190, height: 58 } as const;

export function place(schema: Schema): Placed {
  const graph = new Graph({ multigraph: true });
  graph.setGraph({ rankdir: 'LR', nodesep: 26, ranksep: 130, marginx: 8, marginy: 8 });
  const types = typesOf(schema);
  for (const { key } of types) graph.setNode(nodeOf(key), { ...box });
  const connections = connectionsOf(schema).filter(
    ({ from, to }) => graph.hasNode(nodeOf(from)) && graph.hasNode(nodeOf(to)),
  );
  for (const { from, to, name } of connections)
    graph.setEdge(nodeOf(from), nodeOf(to), { width: 90, height: 16, labelpos: 'c' }, name);
  layout(graph);
  const { width = 0, height = 0 } = graph.graph() as { width?: number; height?: number };
  return {
    width,
    height,
    types: types.map((one) => ({ ...one, ...pointOf(graph.node(nodeOf(one.key))) })),
    connections: connections.map((one) => {
      const edge = graph.edge(nodeOf(one.from), nodeOf(one.to), one.name) as Point & { points: Point[] };
      const [from, to] = [one.from, one.to].map((key) => pointOf(graph.node(nodeOf(key)))) as [Point, Point];
      const side = from.x <= to.x ? box.width / 2 : -box.width / 2;
      const bends = edge.points.slice(1, -1);
      return {
        ...one,
        points: [{ ...from, x: from.x + side }, ...bends, { ...to, x: to.x - side }],
        at: pointOf(edge),
      };
    }),
  };
}

/** The graph keeps its nodes as members of an object, and a type may be called as one that every object has: `constructor`. */
const nodeOf = (type: string): string => `type ${type}`;

const pointOf = ({ x, y }: { x?: number; y?: number }): Point => ({ x: x ?? 0, y: y ?? 0 });
