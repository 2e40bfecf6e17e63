/**
 * Calls that wait for a worker, first come first served.
 *
 * The mailbox is bounded. Callers that come when it is full are either told so, or suspended: a suspended caller is a
 * fiber that waits in line behind the mailbox, and costs what a waiting fiber costs.
 */
import type { PendingCall } from "./PendingCall.ts"

/** What happens to a caller when the mailbox is full. */
export type Overflow = "suspend" | "fail"

/** Calls that were given up while they waited are dropped from memory when there are more of them than this. */
const maxGivenUp = 64

export class Mailbox {
  readonly capacity: number
  private calls: Array<PendingCall> = []
  private head = 0
  private givenUp = 0

  constructor(capacity: number) {
    this.capacity = capacity
  }

  /** Calls that wait, suspended callers included. */
  get size(): number {
    return this.calls.length - this.head - this.givenUp
  }

  get isFull(): boolean {
    return this.size >= this.capacity
  }

  push(call: PendingCall): void {
    this.calls.push(call)
  }

  /** Puts back calls that were sent and taken back; they keep their place in the order of submission. */
  putBack(calls: Array<PendingCall>): void {
    if (calls.length === 0) return
    const waiting = this.calls.slice(this.head)
    this.calls = [...calls, ...waiting].sort((a, b) => a.order - b.order)
    this.head = 0
  }

  /** The call that waits longest, which stays in the mailbox. */
  peek(): PendingCall | undefined {
    while (this.head < this.calls.length) {
      const call = this.calls[this.head]
      if (call !== undefined && !call.settled) return call
      this.head++
      this.givenUp--
    }
    this.reset()
    return undefined
  }

  /** Takes the call that {@link peek} has shown. */
  shift(): void {
    this.head++
    if (this.head === this.calls.length) this.reset()
    else if (this.head > 4096 && this.head * 2 > this.calls.length) this.compact()
  }

  /** A waiting call was settled without a worker. */
  forget(): void {
    this.givenUp++
    if (this.givenUp > maxGivenUp && this.givenUp > this.size) this.compact()
  }

  /** Takes all that wait. */
  clear(): Array<PendingCall> {
    const waiting = this.calls.slice(this.head).filter((call) => !call.settled)
    this.reset()
    return waiting
  }

  private compact(): void {
    this.calls = this.calls.slice(this.head).filter((call) => !call.settled)
    this.head = 0
    this.givenUp = 0
  }

  private reset(): void {
    this.calls = []
    this.head = 0
    this.givenUp = 0
  }
}
