/** The member that an object has itself: names come from schemas and senders, and one of them may be `constructor`. */
export const own = <Value>(values: Readonly<Record<string, Value>>, name: string): Value | undefined =>
  Object.hasOwn(values, name) ? values[name] : undefined;
