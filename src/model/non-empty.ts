// Lists that have a first item, by their type.

/** @internal The schema of result.json has no name for it. */
export type NonEmpty<Item> = readonly [Item, ...Item[]];

export const isNonEmpty = <Item>(items: readonly Item[]): items is NonEmpty<Item> => items.length > 0;

/**
 * The same list, where something else has made sure that it is not empty.
 * @throws Error where it is: a defect of foulweather
 */
export const nonEmpty = <Item>(items: readonly Item[], what: string): NonEmpty<Item> => {
  if (isNonEmpty(items)) return items;
  throw new Error(`there are no ${what}`);
};
