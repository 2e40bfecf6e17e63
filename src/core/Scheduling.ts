/**
 * Orders of work, as plain functions for whoever has an executor of their own.
 *
 * Actors have the same by the options `order` and `routing`, and `Actor.forEach` by `weight` and `order`.
 */
import * as Weight from "./Weight.ts"

export { type Order, orders } from "./Mailbox.ts"
export { type Routing, routings } from "./Routing.ts"

/** How items are ordered. */
export interface OrderOptions {
  /** The heaviest first (the default), or the lightest. */
  readonly descending?: boolean
}

/**
 * The items in the order of their weight, in a new array; those of equal weight stay in their order.
 *
 * Handing out the heaviest first to whoever is free (longest processing time first) ends within 4/3 - 1/(3m) of the
 * shortest possible time on m workers: Graham, R. L. (1969). Bounds on multiprocessing timing anomalies. Throws a
 * `RangeError` that names the item when a weight is no finite positive number.
 *
 * **Example** (The longest first)
 *
 * ```ts
 * import { Scheduling } from "troupe"
 *
 * console.log(Scheduling.orderByWeight(["a", "ccc", "bb"], (text) => text.length).join(" ")) // => ccc bb a
 * ```
 */
export const orderByWeight = <A>(
  items: Iterable<A>,
  weightOf: Weight.Weigh<A>,
  options: OrderOptions = {}
): Array<A> => {
  const sign = options.descending === false ? 1 : -1
  return Array.from(items, (item, index) => ({ item, weight: Weight.check(weightOf(item, index), index) }))
    .sort((a, b) => sign * (a.weight - b.weight))
    .map(({ item }) => item)
}
