/**
 * Calls that wait for each other.
 *
 * A method may call its own actor. When every slot is held by a call that waits for such a call, none of them can ever
 * run: whoever would be the last to wait is told so instead.
 */
import type { PendingCall } from "./PendingCall.ts"
import type { WorkerLink } from "./WorkerLink.ts"

export class CallCycles {
  private readonly serving: ReadonlyArray<WorkerLink>
  /** The running calls that wait for a call, by that call. */
  private readonly blockedBy = new WeakMap<PendingCall, ReadonlyArray<PendingCall>>()
  /** Calls that run here and wait for others that have not started. */
  private blocked = 0

  /** `serving` is looked at anew for each call. */
  constructor(serving: ReadonlyArray<WorkerLink>) {
    this.serving = serving
  }

  /** Calls that may run at once. */
  get slots(): number {
    return this.serving.reduce((sum, link) => sum + link.capacity, 0)
  }

  /** `call` is about to wait, and so are the calls that it was made on behalf of. `false`, and nothing noted, when it could never run. */
  enter(call: PendingCall): boolean {
    if (call.parent === undefined) return true
    const ancestors: Array<PendingCall> = []
    for (let ancestor: PendingCall | undefined = call.parent; ancestor !== undefined; ancestor = ancestor.parent) {
      if (ancestor.link !== undefined && this.serving.includes(ancestor.link)) ancestors.push(ancestor)
    }
    for (const ancestor of ancestors) if (ancestor.waitingFor++ === 0) this.blocked++
    this.blockedBy.set(call, ancestors)
    if (ancestors.length === 0) return true
    if (this.blocked < this.slots && !this.isBlocked(call.position)) return true
    this.leave(call)
    return false
  }

  /** `call` no longer waits: it was sent, or given up. */
  leave(call: PendingCall): void {
    const ancestors = this.blockedBy.get(call)
    if (ancestors === undefined) return
    this.blockedBy.delete(call)
    for (const ancestor of ancestors) if (--ancestor.waitingFor === 0) this.blocked--
  }

  /** Is every slot of this worker, if one is named, held by a call that waits? */
  private isBlocked(position: number | undefined): boolean {
    const link = position === undefined ? undefined : this.serving.find(({ index }) => index === position)
    return link !== undefined && link.held().filter((call) => call.waitingFor > 0).length >= link.capacity
  }
}
