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
import * as Bell from "../memory/Bell.ts"
import * as Claims from "../memory/Claims.ts"
import { findCulprit } from "../wire/Cloneable.ts"
import { isEncodedError } from "../wire/EncodedError.ts"
import * as Frame from "../wire/Frame.ts"
import * as Moved from "../wire/Moved.ts"
import type { PendingCall } from "./PendingCall.ts"
import type { Capabilities, Channel } from "./WorkerBackend.ts"
import type { Failure, LinkEvents, LinkOptions, WorkerLink } from "./WorkerLink.ts"

/** Milliseconds of work that a worker should find waiting when it has finished a call. */
const coveredMillis = 1

/** The most calls sent ahead of a free slot. */
const maxPrefetch = 1024

/** Weight of the newest frame in the measured service time. */
const smoothing = 0.25

/** Messages after which a frame leaves within a turn, so that the worker can begin while the main side goes on. */
const maxMessages = 512

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
  private readonly capabilities: Capabilities
  private readonly events: LinkEvents
  private readonly pending: Array<PendingCall | undefined> = []
  private readonly generations: Int32Array = new Int32Array(Claims.cells)
  private readonly freeCells: Array<number> = []
  private cellsUsed = 0
  private prefetch = 0
  private frame: Array<unknown>
  private unsent: Array<PendingCall> = []
  private scheduled = false
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
    this.capabilities = options.capabilities
    this.events = options.events
    this.frame = [options.incarnation]
    options.channel.port.addEventListener("message", (event) => this.receive(event.data))
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
    const transfer = Moved.anyMarked() ? Moved.take(call.args) : undefined
    if (transfer !== undefined) {
      this.flush()
      call.moved = true
      this.postAlone(call, transfer)
      return
    }
    this.write(this.frame, call)
    this.unsent.push(call)
    if (this.unsent.length >= maxMessages) this.flush()
    else this.flushLater()
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

  private write(frame: Array<unknown>, call: PendingCall): void {
    if (call.deadline !== undefined) {
      frame.push(call.id, Frame.Deadline, 1, Math.max(0, call.deadline - performance.now()))
    }
    if (call.live !== undefined) frame.push(call.id, Frame.Live, call.live.kinds.length, ...call.live.kinds)
    const { args } = call
    // spreading costs a tiny call a sixth of its time on Bun, so the usual numbers of arguments are spelled out
    switch (args.length) {
      case 0:
        frame.push(call.id, call.method.code, 0)
        break
      case 1:
        frame.push(call.id, call.method.code, 1, args[0])
        break
      case 2:
        frame.push(call.id, call.method.code, 2, args[0], args[1])
        break
      case 3:
        frame.push(call.id, call.method.code, 3, args[0], args[1], args[2])
        break
      default:
        frame.push(call.id, call.method.code, args.length, ...args)
    }
  }

  private flushLater(): void {
    if (this.scheduled || this.receiving) return
    this.scheduled = true
    queueMicrotask(() => {
      this.scheduled = false
      this.flush()
    })
  }

  flush(): void {
    if (this.frame.length === Frame.toWorkerHeader || this.ended) return
    const { frame, unsent } = this
    this.frame = [this.incarnation]
    this.unsent = []
    try {
      this.post(frame)
    } catch {
      // some argument cannot be cloned: it costs its own call only. Messages that are no calls go with the first
      this.tellRest(frame, unsent)
      for (const call of unsent) if (call.link === this) this.postAlone(call, undefined)
    }
  }

  private post(frame: Array<unknown>, transfer?: Array<object>): void {
    this.channel.port.postMessage(frame, transfer)
    Bell.ring(this.memory)
  }

  /** Sends the messages of `frame` that are no calls: they hold what can be cloned. */
  private tellRest(frame: Array<unknown>, unsent: Array<PendingCall>): void {
    const ids = new Set<unknown>(unsent.map((call) => call.id))
    const rest: Array<unknown> = [this.incarnation]
    for (let at = Frame.toWorkerHeader; at < frame.length;) {
      // written by `write`, `cancel`, `credit` and `tell`
      const end = at + 3 + (frame[at + 2] as number)
      if (!ids.has(frame[at])) rest.push(...frame.slice(at, end))
      at = end
    }
    if (rest.length > Frame.toWorkerHeader) this.post(rest)
  }

  private postAlone(call: PendingCall, transfer: Array<object> | undefined): void {
    const frame: Array<unknown> = [this.incarnation]
    this.write(frame, call)
    const moved = new Set<unknown>(transfer)
    try {
      if (transfer !== undefined && !this.capabilities.failedPostKeepsMoved) {
        const culprit = findCulprit(call.args, "args", moved)
        if (culprit !== undefined) throw new TypeError(culprit.description)
      }
      this.post(frame, transfer)
    } catch (error) {
      const culprit = findCulprit(call.args, "args", moved)
      this.release(call)
      this.events.onFailed(this, call, {
        _tag: "Unserializable",
        direction: "argument",
        path: culprit?.path ?? "args",
        description: culprit?.description ?? String(error)
      })
      this.events.onReady(this)
    }
  }

  cancel(call: PendingCall): "revoked" | "asked" {
    if (Claims.revoke(this.memory, call.id)) {
      this.release(call)
      return "revoked"
    }
    Claims.cancel(this.memory, call.id)
    this.frame.push(call.id, Frame.Cancel, 0)
    this.flushLater()
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
    this.frame.push(call.id, Frame.Credit, 1, count)
    this.flushLater()
  }

  tell(id: number, code: number, values: ReadonlyArray<unknown>): boolean {
    if (this.ended) return true
    const transfer = Moved.anyMarked() ? Moved.take(values) : undefined
    if (transfer === undefined && values.every(isSimple)) {
      this.frame.push(id, code, values.length, ...values)
      this.flushLater()
      return true
    }
    // in a frame of its own, so that it fails alone; what was said before comes first
    this.flush()
    try {
      if (transfer !== undefined && !this.capabilities.failedPostKeepsMoved) {
        if (findCulprit(values, "", new Set<unknown>(transfer)) !== undefined) return false
      }
      this.post([this.incarnation, id, code, values.length, ...values], transfer)
      return true
    } catch {
      return false
    }
  }

  held(): Array<PendingCall> {
    return this.pending.filter((call) => call !== undefined).sort((a, b) => a.order - b.order)
  }

  end(): { readonly unstarted: Array<PendingCall>; readonly started: Array<PendingCall> } {
    this.ending = true
    if (!this.ended) for (const frame of this.channel.drain()) this.receive(frame)
    this.ended = true
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
    if (this.ended || !Frame.isFrame(frame, Frame.toMainHeader, this.incarnation, Frame.Succeeded, Frame.Want)) {
      this.refused++
      return
    }
    // what is submitted while callers are answered leaves with one flush at the end
    this.receiving = true
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
      if (code === Frame.Ask || code === Frame.Want) {
        if (!this.listen(id, code, frame.slice(first, at))) this.refused++
        continue
      }
      const call = this.find(id)
      if (call === undefined) {
        this.refused++
      } else if (code === Frame.Items) {
        if (call.stream === undefined) this.refused++
        else if (!call.settled) call.stream.items(frame.slice(first, at))
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
    if (settled > 0) this.measure((frame[1] as number) / 1000 / settled)
    this.events.onReady(this)
    this.receiving = false
    this.rest()
    this.flush()
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

/** Can `value` be cloned for certain? */
const isSimple = (value: unknown): boolean =>
  value === null || (typeof value !== "object" && typeof value !== "function" && typeof value !== "symbol")

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
