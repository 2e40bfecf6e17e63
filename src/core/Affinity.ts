/**
 * Which worker a key belongs to.
 *
 * A key that is seen for the first time goes to the worker that scores highest for it (rendezvous hashing: Thaler and
 * Ravishankar, 1998), which spreads keys evenly without a table. It is then remembered, so that it stays where it is
 * when workers come, and moves only when its own worker has gone.
 */

/** Keys that are remembered; the one not seen for longest is forgotten first, and may move when workers have come. */
const maxKeys = 65_536

/** FNV-1a over the characters, then mixed as MurmurHash3 does, so that near keys score unlike. */
const hash = (key: string, seed: number): number => {
  let bits = (0x811c9dc5 ^ seed) | 0
  for (let at = 0; at < key.length; at++) bits = Math.imul(bits ^ key.charCodeAt(at), 0x01000193)
  bits = Math.imul(bits ^ (bits >>> 16), 0x85ebca6b)
  bits = Math.imul(bits ^ (bits >>> 13), 0xc2b2ae35)
  return (bits ^ (bits >>> 16)) >>> 0
}

/** The candidate that scores highest for `key`. */
export const rendezvous = <A extends { readonly incarnation: number }>(
  key: string,
  candidates: ReadonlyArray<A>
): A | undefined => {
  let best: A | undefined
  let highest = -1
  for (const candidate of candidates) {
    const score = hash(key, Math.imul(candidate.incarnation, 0x9e3779b1))
    if (score <= highest) continue
    highest = score
    best = candidate
  }
  return best
}

export class Affinity<A extends { readonly incarnation: number }> {
  private readonly owners = new Map<string, A>()

  /** The worker that `key` belongs to among those alive; `undefined` when there is none. */
  owner(key: string, alive: ReadonlyArray<A>): A | undefined {
    const known = this.owners.get(key)
    const owner = known !== undefined && alive.includes(known) ? known : rendezvous(key, alive)
    this.owners.delete(key)
    if (owner === undefined) return undefined
    this.owners.set(key, owner)
    if (this.owners.size > maxKeys) {
      const [oldest] = this.owners.keys()
      if (oldest !== undefined) this.owners.delete(oldest)
    }
    return owner
  }
}
