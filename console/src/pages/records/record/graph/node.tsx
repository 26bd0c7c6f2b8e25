import { UnstyledButton } from '@mantine/core';
import { Minus, Plus } from 'lucide-react';
import { Link } from 'react-router';
import { path } from '../../../../api/client.ts';
import classes from './graph.module.css';
import { box, type Placed } from './layout.ts';

/** A record of the neighbourhood: the way to its page, and to its own links. */
export function GraphNode({
  placed: { node, x, y },
  name,
  kind,
  isOpen,
  toggle,
}: {
  placed: Placed;
  name: string;
  /** What it is: the label of its type. */
  kind: string;
  isOpen: boolean;
  toggle: () => void;
}) {
  const { pointer, label, hasMore } = node;
  return (
    <div className={classes.node} style={{ left: x, top: y, ...box }}>
      <Link className={classes.to} to={path`/records/${pointer.type}/${pointer.id}`} title={`${name} – ${label}`}>
        <span className={classes.name}>{name}</span>
        <span className={classes.kind}>
          {kind}
          {hasMore && ', has more links'}
        </span>
      </Link>
      <UnstyledButton
        className={classes.open}
        aria-expanded={isOpen}
        aria-label={`Links of ${name}`}
        title={isOpen ? 'Hide its links' : 'Show its links'}
        onClick={toggle}
      >
        {isOpen ? <Minus size={14} aria-hidden /> : <Plus size={14} aria-hidden />}
      </UnstyledButton>
    </div>
  );
}
