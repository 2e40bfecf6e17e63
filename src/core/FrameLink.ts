/**
 * A link that carries calls in frames.
 *
 * All calls of one turn leave as one frame, and all that settled in a turn of the worker comes back as one. Each
 * message has a claim in shared memory, so that a call which has not started can be taken back with certainty.
 *
 * The window is capacity plus prefetch: enough calls to keep the worker busy for one round trip, as measured. Tiny
 * calls are prefetched by the hundred, slow ones not at all.
 */
import type * as Atomic from "../memory/Atomic.ts"
import * as Claims from "../memory/Claims.ts"
import { isEncodedError } from "../wire/EncodedError.ts"
import * as Frame from "../wire/Frame.ts"
import { InOrder } from "../wire/InOrder.ts"
import { Outbox } from "./Outbox.ts"
import type { PendingCall, StreamSink } from "./PendingCall.ts"
import type { Channel } from "./WorkerBackend.ts"
import type { Failure, LinkEvents, LinkOptions, WorkerLink } from "./WorkerLink.ts"

/** Milliseconds of work that a worker should find waiting when it has finished a call. */
const coveredMillis = 1

/** The most calls sent ahead of a free slot. */
const maxPrefetch = 1024

/** Weight of the newest frame in the measured service time. */
const smoothing = 0.25

export class FrameLink implements WorkerLink {
  readonly worker: string
  readonly index: number
  readonly incarnation: number
  capacity: number
  service = 0
  outstanding = 0
  load = 0
  refused = 0

  private readonly channel: Channel
  private readonly keepAlive: (alive: boolean) => void
  /** The claims of what is under way, and the bell. */
  private readonly memory: Atomic.Atomic
  private readonly events: LinkEvents
  private readonly pending: Array<PendingCall | undefined> = []
  private readonly generations: Int32Array = new Int32Array(Claims.cells)
  private readonly freeCells: Array<number> = []
  private cellsUsed = 0
  private prefetch = 0
  private readonly outbox: Outbox
  private alive = false
  private receiving = false
  private ending = false
  private ended = false

  constructor(options: LinkOptions) {
    this.worker = options.worker
    this.index = options.index
    this.incarnation = options.incarnation
    this.capacity = options.capacity
    this.channel = options.channel
    this.keepAlive = options.keepAlive
    this.memory = options.memory
    this.events = options.events
    this.outbox = new Outbox({
      incarnation: options.incarnation,
      port: options.channel.port,
      memory: options.memory,
      failedPostKeepsMoved: options.capabilities.failedPostKeepsMoved,
      find: (id) => this.find(id),
      onFailed: (call, path, description) => this.fail(call, path, description),
      onLost: options.events.onUnreadable
    })
    options.channel.port.addEventListener("message", (event) => this.receive(event.data))
    options.channel.port.addEventListener("messageerror", (event) => this.outbox.unread(event.data))
    options.channel.port.start?.()
  }

  limit(capacity: number): void {
    this.capacity = Math.min(this.capacity, capacity)
  }

  room(): number {
    return this.ending ? 0 : Math.min(this.capacity + this.prefetch, Claims.cells) - this.outstanding
  }

  find(id: number): PendingCall | undefined {
    const call = this.pending[Claims.cell(id)]
    return call?.id === id ? call : undefined
  }

  send(call: PendingCall): void {
    this.hold(call)
    this.outbox.call(call)
  }

  flush(): void {
    this.outbox.flush()
  }

  private hold(call: PendingCall): void {
    const cell = this.freeCells.pop() ?? this.cellsUsed++
    // the pool asks for room first; a cell beyond the memory would be nobody's claim
    if (cell >= Claims.cells) throw new RangeError(`Cannot hold more than ${Claims.cells} calls at once`)
    // cells are handed out from 0 up; a cell's first generation is 1, so that no untouched word is a valid claim
    const generation = (this.generations[cell] as number) + 1
    this.generations[cell] = generation % Claims.generations
    call.id = Claims.id(cell, generation)
    call.link = this
    Claims.open(this.memory, call.id)
    this.pending[cell] = call
    this.load += call.weight
    this.outstanding++
    if (!this.alive) {
      this.alive = true
      this.keepAlive(true)
    }
  }

  private release(call: PendingCall): void {
    const cell = Claims.cell(call.id)
    this.pending[cell] = undefined
    this.freeCells.push(cell)
    call.link = undefined
    this.load -= call.weight
    if (--this.outstanding === 0) this.load = 0
    if (!this.receiving) this.rest()
  }

  /** A worker that holds no call does not keep the process alive. Settled once per frame: it costs a call each time. */
  private rest(): void {
    if (this.outstanding > 0 || !this.alive) return
    this.alive = false
    this.keepAlive(false)
  }

  /** The call cannot be passed to the worker. */
  private fail(call: PendingCall, path: string, description: string): void {
    // one that has started was read after all
    if (!Claims.revoke(this.memory, call.id)) return
    this.release(call)
    this.events.onFailed(this, call, { _tag: "Unserializable", direction: "argument", path, description })
    this.events.onReady(this)
  }

  cancel(call: PendingCall): "revoked" | "asked" {
    if (Claims.revoke(this.memory, call.id)) {
      this.release(call)
      return "revoked"
    }
    Claims.cancel(this.memory, call.id)
    this.outbox.add(call.id, Frame.Cancel, [])
    return "asked"
  }

  takeBack(count: number): Array<PendingCall> {
    const held = this.held()
    const taken: Array<PendingCall> = []
    for (let at = held.length - 1; at >= 0 && taken.length < count; at--) {
      const call = held[at]
      // what was made on behalf of a running call is never queued behind one, so it stays where it was put
      if (call === undefined || call.moved || call.parent !== undefined || call.position !== undefined) continue
      if (!Claims.revoke(this.memory, call.id)) continue
      this.release(call)
      taken.push(call)
    }
    return taken.reverse()
  }

  credit(call: PendingCall, count: number): void {
    if (call.link !== this) return
    this.outbox.add(call.id, Frame.Credit, [count])
  }

  tell(id: number, code: number, values: ReadonlyArray<unknown>): boolean {
    return this.outbox.tell(id, code, values)
  }

  held(): Array<PendingCall> {
    return this.pending.filter((call) => call !== undefined).sort((a, b) => a.order - b.order)
  }

  end(): { readonly unstarted: Array<PendingCall>; readonly started: Array<PendingCall> } {
    this.ending = true
    if (!this.ended) for (const frame of this.channel.drain()) this.receive(frame)
    this.ended = true
    this.outbox.close()
    this.channel.close()
    const unstarted: Array<PendingCall> = []
    const started: Array<PendingCall> = []
    for (const call of this.held()) {
      const revoked = Claims.revoke(this.memory, call.id)
      // a thread that runs on although it was given up learns that nobody waits
      if (!revoked) Claims.cancel(this.memory, call.id)
      if (revoked && !call.moved) unstarted.push(call)
      else started.push(call)
      this.release(call)
    }
    return { unstarted, started }
  }

  private receive(frame: unknown): void {
    if (this.ended || !Frame.isFrame(frame, Frame.toMainHeader, this.incarnation, Frame.Succeeded, Frame.Lost)) {
      this.refused++
      return
    }
    // isFrame has checked the header
    this.outbox.read = frame[1] as number
    // what is submitted while callers are answered leaves with one flush at the end
    this.receiving = true
    this.outbox.hold()
    let settled = 0
    for (let at = Frame.toMainHeader; at < frame.length;) {
      // isFrame has checked that every message opens with three such numbers
      const id = frame[at] as number
      const code = frame[at + 1] as number
      const argc = frame[at + 2] as number
      const first = at + 3
      at = first + argc
      if (code === Frame.Log) {
        this.log(id, frame[first], frame[first + 1])
        continue
      }
      if (code >= Frame.UnreadByWorker) {
        const makesSense =
          code === Frame.Lost ? this.outbox.lost(frame[first]) : this.outbox.reread(frame[first], frame[first + 1])
        if (!makesSense) this.refused++
        continue
      }
      if (code === Frame.Ask || code === Frame.Want) {
        if (!this.listen(id, code, frame.slice(first, at))) this.refused++
        continue
      }
      const call = this.find(id)
      if (call === undefined) {
        this.refused++
      } else if (call.stream !== undefined && (code === Frame.Item || code === Frame.Succeeded)) {
        if (code === Frame.Succeeded) settled++
        if (!this.streamed(call, call.stream, code, frame.slice(first, at))) this.refused++
      } else if (code === Frame.Succeeded && argc === 1) {
        settled++
        this.release(call)
        this.events.onSucceeded(call, frame[first])
      } else {
        const failure = read(code, argc, frame[first], frame[first + 1])
        if (failure === undefined) {
          this.refused++
          continue
        }
        settled++
        this.release(call)
        this.events.onFailed(this, call, failure)
      }
    }
    // isFrame has checked the header
    this.outbox.forget(frame[2] as number)
    if (settled > 0) this.measure((frame[3] as number) / 1000 / settled)
    this.events.onReady(this)
    this.receiving = false
    this.rest()
    this.outbox.flush()
  }

  /** An item of a stream has come, or its end. `false` when that cannot be. */
  private streamed(call: PendingCall, stream: StreamSink, code: number, values: ReadonlyArray<unknown>): boolean {
    call.received ??= new InOrder((message) => message())
    if (code === Frame.Item) {
      const [item, position] = values
      return call.received.take(position, () => {
        if (!call.settled) stream.item(item)
      })
    }
    return call.received.take(values[0], () => {
      this.release(call)
      this.events.onSucceeded(call, undefined)
    })
  }

  private measure(service: number): void {
    this.service = this.service === 0 ? service : this.service + smoothing * (service - this.service)
    const covering = Math.floor(coveredMillis / Math.max(this.service, coveredMillis / maxPrefetch))
    // opened step by step, so that one quick call among slow ones does not queue hundreds behind them
    this.prefetch = Math.min(covering, Math.max(8, this.prefetch * 4))
  }

  /** The worker wants something of the main side. `false` when it may not. */
  private listen(id: number, code: number, [first, second, ...args]: Array<unknown>): boolean {
    if (!Number.isSafeInteger(first) || !Number.isSafeInteger(second)) return false
    // both have just been looked at
    const [one, two] = [first as number, second as number]
    if (code === Frame.Ask && two < 0) return this.events.onAsk(one, id, -1 - two, args)
    const live = this.find(id)?.live
    if (live === undefined) return false
    return code === Frame.Ask ? live.ask(one, two, args) : two >= 0 && live.want(one, two)
  }

  private log(id: number, level: unknown, text: unknown): void {
    if (id === 0 && typeof level === "string" && typeof text === "string") this.events.onLog(this, level, text)
    else this.refused++
  }
}

const read = (code: number, argc: number, first: unknown, second: unknown): Failure | undefined => {
  switch (code) {
    case Frame.Failed:
      return isEncodedError(first) ? { _tag: "Failed", error: first } : undefined
    case Frame.Unserializable:
      return typeof first === "string" && typeof second === "string"
        ? { _tag: "Unserializable", direction: "result", path: first, description: second }
        : undefined
    case Frame.Ended:
      return argc === 0 ? { _tag: "Ended" } : undefined
    default:
      return undefined
  }
}
