/**
 * Which of the workers that can take a call gets it.
 *
 * - `leastLoaded` (the default): the one whose calls weigh least; weight is work, so one heavy call counts as many light
 *   ones
 * - `roundRobin`: one after the other, whatever they hold
 * - `powerOfTwo`: the less loaded of two that are drawn at random (Mitzenmacher, 2001): nearly as even as the least
 *   loaded, and many callers that decide on the same old numbers do not all run to the same worker
 *
 * Only workers that have a free slot are looked at, or, when none has, those that may hold calls in store. A call with a
 * key goes where its key belongs instead; see `Affinity`.
 */

/** The ways to choose. */
export type Routing = "leastLoaded" | "roundRobin" | "powerOfTwo"

export const routings: ReadonlyArray<Routing> = ["leastLoaded", "roundRobin", "powerOfTwo"]

/** What a choice looks at. */
export interface Candidate {
  /** The worker's position among those of the pool. */
  readonly index: number
  /** Sum of the weights that it holds. */
  readonly load: number
}

/** The least loaded candidate, the first of equals. */
export const leastLoaded = <A extends Candidate>(candidates: ReadonlyArray<A>): A | undefined => {
  let best: A | undefined
  for (const candidate of candidates) if (best === undefined || candidate.load < best.load) best = candidate
  return best
}

/** The candidate that comes next after the position `last`, round and round. */
export const roundRobin = <A extends Candidate>(candidates: ReadonlyArray<A>, last: number): A | undefined => {
  let next: A | undefined
  let first: A | undefined
  for (const candidate of candidates) {
    if (first === undefined || candidate.index < first.index) first = candidate
    if (candidate.index > last && (next === undefined || candidate.index < next.index)) next = candidate
  }
  return next ?? first
}

/** The less loaded of two candidates drawn by `random`, which returns numbers from 0 to below 1. */
export const powerOfTwo = <A extends Candidate>(candidates: ReadonlyArray<A>, random: () => number): A | undefined => {
  const { length } = candidates
  if (length < 2) return candidates[0]
  const at = Math.floor(random() * length)
  const one = candidates[at]
  // another one: skips the first
  const other = candidates[(at + 1 + Math.floor(random() * (length - 1))) % length]
  // of equals the one drawn first, which may be any
  return one !== undefined && other !== undefined && other.load < one.load ? other : one
}
