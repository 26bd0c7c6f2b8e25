const numbers = new Intl.NumberFormat('en');

export const count = (number: number): string => numbers.format(number);

/** `1 record`, `2,000 records`. */
export const counted = (number: number, one: string, many = `${one}s`): string =>
  `${count(number)} ${number === 1 ? one : many}`;
