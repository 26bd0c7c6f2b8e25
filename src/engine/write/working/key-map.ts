/** A map by keys: record type, field and value. One map within another, so that no text is made up for each key that is looked for. */

/** More than there can be fields of a type. */
const fields = 2 ** 21;

export class KeyMap<Item> {
  readonly #byField = new Map<number, Map<string, Item>>();

  get(type: number, field: number, value: string): Item | undefined {
    return this.#byField.get(type * fields + field)?.get(value);
  }

  set(type: number, field: number, value: string, item: Item): void {
    const place = type * fields + field;
    const items = this.#byField.get(place);
    if (items === undefined) this.#byField.set(place, new Map([[value, item]]));
    else items.set(value, item);
  }

  delete(type: number, field: number, value: string): void {
    this.#byField.get(type * fields + field)?.delete(value);
  }

  *values(): Generator<Item> {
    for (const items of this.#byField.values()) yield* items.values();
  }
}
