/**
 * Chooses the worker that a call is sent to, among those that can take it now.
 */
import type { PendingCall } from "./PendingCall.ts"
import { powerOfTwo, roundRobin, type Routing } from "./Routing.ts"
import type { WorkerLink } from "./WorkerLink.ts"

/** May `call` be sent to this worker now? */
export const canTake = (link: WorkerLink, call: PendingCall): boolean => {
  if (link.room() <= 0 || (call.position !== undefined && call.position !== link.index)) return false
  // a call made on behalf of another one must not be queued behind the one that waits for it
  return call.parent === undefined || link.outstanding < link.capacity
}

export class Router {
  private readonly serving: ReadonlyArray<WorkerLink>
  private readonly routing: Routing
  /** Index of the worker that was last chosen in turn. */
  private lastInTurn = -1

  /** `serving` is looked at anew for each call. */
  constructor(serving: ReadonlyArray<WorkerLink>, routing: Routing) {
    this.serving = serving
    this.routing = routing
  }

  /** The worker for `call`: one with a free slot before one that would only hold it in store. */
  route(call: PendingCall): WorkerLink | undefined {
    const routing = call.routing ?? this.routing
    if (routing !== "leastLoaded" && call.position === undefined) return this.choose(call, routing)
    // written out, because it runs for every call and makes nothing
    let best: WorkerLink | undefined
    let bestIsFree = false
    for (const link of this.serving) {
      if (!canTake(link, call)) continue
      const free = link.outstanding < link.capacity
      if (best === undefined || (free !== bestIsFree ? free : link.load < best.load)) {
        best = link
        bestIsFree = free
      }
    }
    return best
  }

  private choose(call: PendingCall, routing: "roundRobin" | "powerOfTwo"): WorkerLink | undefined {
    const able = this.serving.filter((link) => canTake(link, call))
    const free = able.filter((link) => link.outstanding < link.capacity)
    const candidates = free.length > 0 ? free : able
    if (routing === "powerOfTwo") return powerOfTwo(candidates, Math.random)
    const link = roundRobin(candidates, this.lastInTurn)
    if (link !== undefined) this.lastInTurn = link.index
    return link
  }
}
