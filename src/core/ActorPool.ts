/**
 * The pool: every call of one actor, from submission to settlement.
 *
 * The pool owns the ledger. A call is submitted once, waits in the mailbox until a worker has room, is sent to the
 * least loaded worker, and is settled exactly once: with what the worker said, with a typed error, or with the caller's
 * interruption. At every quiet moment `submitted = succeeded + failed + interrupted`.
 *
 * Workers come and go through `attach` and `detach`; who starts and replaces them is the supervisor's business.
 */
import * as Exit from "effect/Exit"
import { decode } from "../wire/EncodedError.ts"
import {
  ActorClosed,
  type ActorError,
  CallCycle,
  CallTimeout,
  type LostReason,
  MailboxFull,
  MethodError,
  type PoolFailed,
  SerializationError,
  WorkerLost
} from "./ActorError.ts"
import { CallCycles } from "./CallCycles.ts"
import type { ReadDeclared } from "./ErrorSchema.ts"
import { Affinity } from "./Affinity.ts"
import { misplaced } from "./LiveArguments.ts"
import { comesBefore, Mailbox, type Order, type Overflow } from "./Mailbox.ts"
import type { PendingCall } from "./PendingCall.ts"
import { canTake, Router } from "./Router.ts"
import type { Routing } from "./Routing.ts"
import type { Failure, LinkEvents, WorkerLink } from "./WorkerLink.ts"

export interface PoolOptions {
  readonly actor: string
  readonly mailbox: { readonly capacity: number; readonly overflow: Overflow }
  readonly order: Order
  readonly routing: Routing
  readonly readDeclared: ReadDeclared
  /** Milliseconds between asking a method to stop and giving up its worker. */
  readonly grace: number
  /** A worker holds a call that does not end although it was asked to. */
  readonly onStuck: (link: WorkerLink, because: string) => void
  readonly onLog: (link: WorkerLink, level: string, text: string) => void
}

/** What has become of the calls so far. */
export interface Ledger {
  readonly submitted: number
  readonly succeeded: number
  readonly failed: number
  readonly interrupted: number
  /** The part of `failed` that timed out. */
  readonly timedOut: number
}

/** One worker, as seen from outside. */
export interface WorkerStats {
  readonly name: string
  readonly incarnation: number
  readonly capacity: number
  /** Calls that it holds, including those whose callers have gone. */
  readonly outstanding: number
}

/** Links of all pools by incarnation: how a call made on behalf of another finds it. */
const links = new Map<number, WorkerLink>()

/** The running call that `Adapter.call().id` names, in whichever pool. */
export const findCall = (id: string): PendingCall | undefined => {
  const [incarnation, message] = id.split(":")
  return links.get(Number(incarnation))?.find(Number(message))
}

export class ActorPool {
  readonly actor: string
  /** Workers that there are to be; known when the first one has said what it is. */
  size = 1
  private readonly options: PoolOptions
  private readonly mailbox: Mailbox
  /** Calls that only one worker may run, by its index. */
  private readonly lanes = new Map<number, Mailbox>()
  private readonly affinity = new Affinity<WorkerLink>()
  private readonly comesBefore: (a: PendingCall, b: PendingCall) => boolean
  /** Calls of one turn are collected before the first of them is sent, so that the order holds among them. */
  private readonly collects: boolean
  private collecting = false
  private readonly serving: Array<WorkerLink> = []
  private readonly cycles = new CallCycles(this.serving)
  private readonly router: Router
  private order = 0
  private open = true
  private failure: PoolFailed | undefined
  private readonly idleListeners = new Set<() => void>()
  private submitted = 0
  private succeeded = 0
  private failed = 0
  private interrupted = 0
  private timedOut = 0
  private refusedBefore = 0

  constructor(options: PoolOptions) {
    this.actor = options.actor
    this.options = options
    this.mailbox = new Mailbox(options.order)
    this.router = new Router(this.serving, options.routing)
    this.comesBefore = comesBefore(options.order)
    this.collects = options.order === "heaviestFirst" || options.order === "lightestFirst"
  }

  /** What workers' links report to. */
  readonly events: Omit<LinkEvents, "onAsk" | "onUnreadable"> = {
    onSucceeded: (call, value) => this.onSucceeded(call, value),
    onFailed: (link, call, failure) => this.onFailed(link.worker, call, failure),
    onReady: (link) => this.onReady(link),
    onLog: (link, level, text) => this.options.onLog(link, level, text)
  }

  get ledger(): Ledger {
    const { failed, interrupted, submitted, succeeded, timedOut } = this
    return { submitted, succeeded, failed, interrupted, timedOut }
  }

  /** Calls that wait for a worker, in the mailbox or suspended before it. */
  get waiting(): number {
    let waiting = this.mailbox.size
    for (const lane of this.lanes.values()) waiting += lane.size
    return waiting
  }

  get workers(): ReadonlyArray<WorkerStats> {
    return this.serving.map(({ capacity, incarnation, outstanding, worker }) => ({
      name: worker,
      incarnation,
      capacity,
      outstanding
    }))
  }

  /** Messages of workers that were refused. */
  get refused(): number {
    return this.serving.reduce((sum, link) => sum + link.refused, this.refusedBefore)
  }

  /** Milliseconds that a call takes in the slowest worker, as measured; 0 while nothing was. */
  get service(): number {
    return this.serving.reduce((longest, link) => Math.max(longest, link.service), 0)
  }

  /** No call waits, and no worker holds any. */
  get isIdle(): boolean {
    return this.waiting === 0 && this.serving.every((link) => link.outstanding === 0)
  }

  /** Calls `listener` once the pool is idle, which may be now. Returns how to stop listening. */
  whenIdle(listener: () => void): () => void {
    if (this.isIdle) listener()
    else this.idleListeners.add(listener)
    return () => this.idleListeners.delete(listener)
  }

  submit(call: PendingCall): void {
    call.order = ++this.order
    this.submitted++
    const refusal = this.refusal(call)
    if (refusal !== undefined) {
      this.fail(call, refusal)
      return
    }
    if (call.timeout !== undefined && call.timeout !== Number.POSITIVE_INFINITY) this.startTimer(call, call.timeout)
    if (call.key !== undefined) call.position = this.affinity.owner(call.key, this.serving)?.index
    const link = this.isNext(call) ? this.router.route(call) : undefined
    if (link !== undefined) link.send(call)
    else this.wait(call)
  }

  /** Does nobody wait who would be served before `call`? */
  private isNext(call: PendingCall): boolean {
    if (this.collects) return false
    if (call.position !== undefined) return (this.lanes.get(call.position)?.size ?? 0) === 0
    return this.mailbox.size === 0 && call.key === undefined
  }

  private refusal(call: PendingCall): ActorError | undefined {
    if (this.failure !== undefined) return this.failure
    return this.open ? undefined : new ActorClosed({ actor: this.actor, method: call.method.name })
  }

  private startTimer(call: PendingCall, timeout: number): void {
    call.deadline = performance.now() + timeout
    // a longer wait than a timer can hold ends with its longest one, after 24 days
    call.timer = setTimeout(() => this.timeOut(call, timeout), Math.min(timeout, 2 ** 31 - 1))
  }

  private wait(call: PendingCall): void {
    const { capacity, overflow } = this.options.mailbox
    if (overflow === "fail" && this.waiting >= capacity) {
      // those that were only collected so far make room
      this.pump()
      if (this.waiting >= capacity) {
        this.fail(call, new MailboxFull({ actor: this.actor, method: call.method.name, capacity }))
        return
      }
    }
    if (!this.cycles.enter(call)) {
      const { slots } = this.cycles
      this.fail(call, new CallCycle({ actor: this.actor, method: call.method.name, slots }))
      return
    }
    this.queue(call)
    if (this.collects) this.pumpSoon()
  }

  private queue(call: PendingCall): void {
    this.queueOf(call).push(call)
  }

  /** Where `call` waits: a call for one worker beside the mailbox, so that it holds up nobody who may go elsewhere. */
  private queueOf({ position }: PendingCall): Mailbox {
    if (position === undefined) return this.mailbox
    let lane = this.lanes.get(position)
    if (lane === undefined) {
      lane = new Mailbox(this.options.order)
      this.lanes.set(position, lane)
    }
    return lane
  }

  private pumpSoon(): void {
    if (this.collecting) return
    this.collecting = true
    queueMicrotask(() => {
      this.collecting = false
      this.pump()
    })
  }

  /** Sends what can be sent. */
  private pump(): void {
    if (this.lanes.size > 0) this.pumpLanes(false)
    for (let call = this.mailbox.peek(); call !== undefined; call = this.mailbox.peek()) {
      if (call.key !== undefined) {
        const owner = this.affinity.owner(call.key, this.serving)
        if (owner === undefined) return
        this.mailbox.shift()
        call.position = owner.index
        this.queue(call)
      } else {
        const link = this.router.route(call)
        if (link === undefined) break
        this.mailbox.shift()
        this.cycles.leave(call)
        link.send(call)
      }
      if (this.lanes.size > 0) this.pumpLanes(false)
    }
    if (this.lanes.size > 0) this.pumpLanes(true)
  }

  /** Sends each worker what only it may run; with `all`, also what comes after the first call of the mailbox. */
  private pumpLanes(all: boolean): void {
    const next = all ? undefined : this.mailbox.peek()
    for (const link of this.serving) {
      const lane = this.lanes.get(link.index)
      if (lane === undefined) continue
      for (let call = lane.peek(); call !== undefined; call = lane.peek()) {
        if (!canTake(link, call) || (next !== undefined && this.comesBefore(next, call))) break
        lane.shift()
        this.cycles.leave(call)
        link.send(call)
      }
    }
  }

  private onReady(link: WorkerLink): void {
    this.pump()
    if (this.serving.length > 1 && link.outstanding < link.capacity) this.share(link)
    this.notifyIdle()
  }

  /** Gives an idle worker half of what another one holds in store. */
  private share(idle: WorkerLink): void {
    let busiest: WorkerLink | undefined
    for (const link of this.serving) {
      if (link.outstanding > link.capacity && link.outstanding > (busiest?.outstanding ?? 0)) busiest = link
    }
    if (busiest === undefined || busiest === idle || idle.room() <= 0) return
    const inStore = busiest.outstanding - busiest.capacity
    for (const call of busiest.takeBack(Math.min(Math.ceil(inStore / 2), idle.room()))) idle.send(call)
  }

  private onSucceeded(call: PendingCall, value: unknown): void {
    if (call.timer !== undefined) clearTimeout(call.timer)
    if (!call.claim()) return
    this.succeeded++
    call.answer(Exit.succeed(value))
  }

  private onFailed(worker: string, call: PendingCall, failure: Failure): void {
    if (call.timer !== undefined) clearTimeout(call.timer)
    if (call.settled) return
    switch (failure._tag) {
      case "Failed":
        this.throwIn(call, worker, decode(failure.error))
        return
      case "Unserializable": {
        this.fail(call, this.uncloneable(call, failure))
        return
      }
      case "Ended":
        // only said of a call that was asked to stop; a worker that says it of another has lost it
        this.fail(call, this.lost(call, worker, { _tag: "Stopped", because: "it ended a call that was not cancelled" }))
    }
  }

  private uncloneable(call: PendingCall, failure: Failure & { readonly _tag: "Unserializable" }): SerializationError {
    const { actor } = this
    const method = call.method.name
    const { description, direction, path } = failure
    const live = direction === "argument" ? misplaced(call.args) : undefined
    return live === undefined
      ? new SerializationError({ actor, method, direction, path, description })
      : new SerializationError({
          actor,
          method,
          direction,
          path: live,
          description: "a callback or a stream that is no argument of its own"
        })
  }

  private throwIn(call: PendingCall, worker: string, thrown: unknown): void {
    const declared = this.options.readDeclared(thrown)
    if (declared !== undefined) {
      this.fail(call, declared.error)
      return
    }
    const message = thrown instanceof Error ? thrown.message : String(thrown)
    this.fail(call, new MethodError({ actor: this.actor, method: call.method.name, worker, message, cause: thrown }))
  }

  private lost(call: PendingCall, worker: string, reason: LostReason, started = true): WorkerLost {
    const { idempotent, name: method } = call.method
    return new WorkerLost({ actor: this.actor, method, worker, reason, started, idempotent })
  }

  private fail(call: PendingCall, error: unknown): void {
    if (!call.claim()) return
    this.failed++
    call.answer(Exit.fail(error))
  }

  /** The caller no longer waits. */
  interrupt(call: PendingCall): void {
    if (!call.claim()) return
    this.interrupted++
    if (this.giveUp(call) && call.terminates) this.escalate(call, "its caller was interrupted")
    this.pump()
  }

  private timeOut(call: PendingCall, timeout: number): void {
    if (!call.claim()) return
    this.timedOut++
    this.failed++
    const started = this.giveUp(call)
    if (started) this.escalate(call, `it ran into its timeout of ${timeout} ms`)
    const method = call.method.name
    call.answer(Exit.fail(new CallTimeout({ actor: this.actor, method, timeout, started })))
    this.pump()
  }

  /** Takes a call whose caller has gone from wherever it is. Returns whether its method had started. */
  private giveUp(call: PendingCall): boolean {
    if (call.link !== undefined) return call.link.cancel(call) === "asked"
    this.cycles.leave(call)
    this.queueOf(call).forget()
    return false
  }

  private escalate(call: PendingCall, because: string): void {
    const { link } = call
    if (link === undefined) return
    call.timer = setTimeout(() => {
      if (call.link === link) this.options.onStuck(link, `${call.method.name} did not stop after ${because}`)
    }, this.options.grace)
  }

  attach(link: WorkerLink): void {
    links.set(link.incarnation, link)
    this.serving.push(link)
    this.pump()
    if (this.serving.length > 1) this.share(link)
  }

  /** The worker is gone: its started calls fail, the others go to other workers. */
  detach(link: WorkerLink, reason: LostReason): void {
    links.delete(link.incarnation)
    // what had arrived is delivered while the link still counts as serving, but has no room
    const { started, unstarted } = link.end()
    const at = this.serving.indexOf(link)
    if (at >= 0) this.serving.splice(at, 1)
    this.refusedBefore += link.refused
    for (const call of [...started, ...unstarted])
      if (call.timer !== undefined && call.settled) clearTimeout(call.timer)
    for (const call of unstarted) if (call.key !== undefined) call.position = undefined
    this.requeue(unstarted)
    this.releaseKeys(link.index)
    for (const call of started) {
      this.fail(call, this.lost(call, link.worker, reason, !call.moved))
    }
    this.pump()
    this.notifyIdle()
  }

  private requeue(calls: Array<PendingCall>): void {
    const live = calls.filter((call) => !call.settled)
    if (this.failure !== undefined) {
      for (const call of live) this.fail(call, this.failure)
      return
    }
    this.mailbox.putBack(live.filter((call) => call.position === undefined))
    for (const call of live) if (call.position !== undefined) this.queueOf(call).putBack([call])
  }

  /** The keys of a worker that is gone go to others. */
  private releaseKeys(index: number): void {
    const lane = this.lanes.get(index)
    if (lane === undefined) return
    for (const call of lane.clear()) {
      if (call.key !== undefined) call.position = undefined
      this.queue(call)
    }
  }

  private notifyIdle(): void {
    if (this.idleListeners.size === 0 || !this.isIdle) return
    for (const listener of this.idleListeners) listener()
    this.idleListeners.clear()
  }

  /** No more calls are accepted; those that were go on. */
  close(): void {
    this.open = false
  }

  /** Every call that has not settled is given up: its caller learns that the actor was closed. */
  abort(): void {
    this.close()
    for (const call of this.held()) {
      this.fail(call, new ActorClosed({ actor: this.actor, method: call.method.name }))
    }
    for (const link of this.serving) {
      for (const call of link.held()) link.cancel(call)
      link.flush()
    }
  }

  private held(): Array<PendingCall> {
    return [...this.clear(), ...this.serving.flatMap((link) => link.held())]
  }

  /** Takes all that wait. */
  private clear(): Array<PendingCall> {
    return [this.mailbox, ...this.lanes.values()].flatMap((queue) => queue.clear())
  }

  /** The pool is given up: what has not started fails, what runs may end. */
  giveUpAll(error: PoolFailed): void {
    this.failure = error
    const unstarted = this.serving.flatMap((link) => link.takeBack(link.outstanding))
    for (const call of [...this.clear(), ...unstarted]) this.fail(call, error)
    this.notifyIdle()
  }
}
