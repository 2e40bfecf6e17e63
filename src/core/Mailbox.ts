/**
 * Calls that wait for a worker.
 *
 * The pool bounds what waits. Callers that come when it is full are either told so, or suspended: a suspended caller is
 * a fiber that waits here like the others, and costs what a waiting fiber costs.
 *
 * Calls of a higher priority come first, whatever the order; among equals the order decides, and among equals again who
 * came first. First come first served costs a step per call, everything else a heap's few.
 */
import type { PendingCall } from "./PendingCall.ts"
import { WorkQueue } from "./WorkQueue.ts"

/** What happens to a caller when the mailbox is full. */
export type Overflow = "suspend" | "fail"

/**
 * Which of the calls that wait is served next: the one that came first (`"fifo"`, and `"priority"`, which says that
 * priorities are used), the one of the greatest weight, or of the least.
 */
export type Order = "fifo" | "priority" | "heaviestFirst" | "lightestFirst"

export const orders: ReadonlyArray<Order> = ["fifo", "priority", "heaviestFirst", "lightestFirst"]

/** Calls that were given up while they waited are dropped from memory when there are more of them than this. */
const maxGivenUp = 64

/** Is `a` served before `b`? */
export const comesBefore =
  (order: Order): ((a: PendingCall, b: PendingCall) => boolean) =>
  (a, b) => {
    if (a.priority !== b.priority) return a.priority > b.priority
    if (a.weight !== b.weight) {
      if (order === "heaviestFirst") return a.weight > b.weight
      if (order === "lightestFirst") return a.weight < b.weight
    }
    return a.order < b.order
  }

export class Mailbox {
  private readonly before: (a: PendingCall, b: PendingCall) => boolean
  private readonly isFifo: boolean
  /** Calls in the order of their submission. */
  private line: Array<PendingCall> = []
  private head = 0
  /** Calls that may come before others which were submitted earlier. */
  private ranked: WorkQueue<PendingCall>
  private givenUp = 0

  constructor(order: Order = "fifo") {
    this.isFifo = order === "fifo" || order === "priority"
    this.before = comesBefore(order)
    this.ranked = new WorkQueue(this.before)
  }

  /** Calls that wait, suspended callers included. */
  get size(): number {
    return this.line.length - this.head + this.ranked.size - this.givenUp
  }

  push(call: PendingCall): void {
    if (this.isFifo && call.priority === 0) this.line.push(call)
    else this.ranked.push(call)
  }

  /** Puts back calls that were sent and taken back; they keep their place in the order of submission. */
  putBack(calls: ReadonlyArray<PendingCall>): void {
    if (calls.length === 0) return
    this.line = this.line.slice(this.head)
    this.head = 0
    for (const call of calls) this.push(call)
    this.line.sort((a, b) => a.order - b.order)
  }

  /** The call that is served next, which stays in the mailbox. */
  peek(): PendingCall | undefined {
    const first = this.first()
    const ranked = this.ranked.size === 0 ? undefined : this.firstRanked()
    if (first === undefined || ranked === undefined) return first ?? ranked
    return this.before(ranked, first) ? ranked : first
  }

  private first(): PendingCall | undefined {
    while (this.head < this.line.length) {
      const call = this.line[this.head]
      if (call !== undefined && !call.settled) return call
      this.head++
      this.givenUp--
    }
    this.reset()
    return undefined
  }

  private firstRanked(): PendingCall | undefined {
    for (let call = this.ranked.peek(); call !== undefined; call = this.ranked.peek()) {
      if (!call.settled) return call
      this.ranked.pop()
      this.givenUp--
    }
    return undefined
  }

  /** Takes the call that {@link peek} has shown. */
  shift(): void {
    const call = this.peek()
    if (call !== undefined && this.ranked.peek() === call) {
      this.ranked.pop()
      return
    }
    this.head++
    if (this.head === this.line.length) this.reset()
    else if (this.head > 4096 && this.head * 2 > this.line.length) this.compact()
  }

  /** A waiting call was settled without a worker. */
  forget(): void {
    this.givenUp++
    if (this.givenUp > maxGivenUp && this.givenUp > this.size) this.compact()
  }

  /** Takes all that wait, in the order of their submission. */
  clear(): Array<PendingCall> {
    const waiting = [...this.line.slice(this.head), ...this.ranked.clear()].filter((call) => !call.settled)
    this.reset()
    this.givenUp = 0
    return waiting.sort((a, b) => a.order - b.order)
  }

  private compact(): void {
    this.line = this.line.slice(this.head).filter((call) => !call.settled)
    this.head = 0
    for (const call of this.ranked.clear()) if (!call.settled) this.ranked.push(call)
    this.givenUp = 0
  }

  private reset(): void {
    this.line = []
    this.head = 0
  }
}
