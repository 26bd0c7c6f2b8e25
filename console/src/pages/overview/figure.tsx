import { Card, Text } from '@mantine/core';
import { Link } from 'react-router';
import classes from './figure.module.css';

type Shown = {
  readonly label: string;
  readonly value: string;
  /** It asks for somebody to look. */
  readonly isAlarming?: boolean;
  /** The page that has it; undefined: none that the viewer may see. */
  readonly to?: string | undefined;
};

/** One figure, and the way to what it counts. */
export function Figure({ label, value, isAlarming = false, to }: Shown) {
  const figure = (
    <>
      <Text size="sm" c="dimmed">
        {label}
      </Text>
      <Text fz={26} fw={700} lh={1.3}>
        {value}
      </Text>
    </>
  );
  return to === undefined ? (
    <Card withBorder padding="sm" className={classes.figure}>
      {figure}
    </Card>
  ) : (
    <Card
      withBorder
      padding="sm"
      component={Link}
      to={to}
      className={`${classes.figure} ${classes.link}`}
      data-alarming={isAlarming}
    >
      {figure}
    </Card>
  );
}
