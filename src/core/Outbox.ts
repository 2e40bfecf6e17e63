/**
 * What the main side has to say to one worker and has not sent yet.
 *
 * Messages gather here and leave as one frame. A message that cannot be cloned, or not be read by the worker, costs its
 * own call, never its frame.
 */
import type * as Atomic from "../memory/Atomic.ts"
import * as Bell from "../memory/Bell.ts"
import { findCulprit } from "../wire/Cloneable.ts"
import { encode } from "../wire/EncodedError.ts"
import * as Frame from "../wire/Frame.ts"
import * as Moved from "../wire/Moved.ts"
import type { Port } from "../wire/Port.ts"
import { Sent, unreadable } from "../wire/Sent.ts"
import type { PendingCall } from "./PendingCall.ts"

/** Messages after which a frame leaves within a turn, so that the worker can begin while the main side goes on. */
const maxMessages = 512

export interface OutboxOptions {
  readonly incarnation: number
  readonly port: Port
  readonly memory: Atomic.Atomic
  /** A failed post leaves what it should have moved. */
  readonly failedPostKeepsMoved: boolean
  /** The call that the message `id` carries, if the worker still holds it. */
  readonly find: (id: number) => PendingCall | undefined
  /** The call cannot be passed to the worker because of what is at `path`. */
  readonly onFailed: (call: PendingCall, path: string, description: string) => void
  /** Something was lost, and nobody knows whose it was. */
  readonly onLost: (error: unknown) => void
}

export class Outbox {
  /** Number of the last frame that was read of the worker. */
  read = 0
  private readonly options: OutboxOptions
  private readonly sent = new Sent()
  /** The newest frame of the worker that could not be read, and why. */
  private unreadFrame: { readonly number: number; readonly error: unknown } | undefined
  private frame: Array<unknown>
  private calls = 0
  /** Does the frame hold more than primitive values? */
  private composite = false
  private scheduled = false
  /** More will be said before this turn is over; who holds it flushes. */
  private held = false
  private closed = false

  constructor(options: OutboxOptions) {
    this.options = options
    this.frame = this.header()
  }

  /** Adds a call. It leaves at once if something moves with it. */
  call(call: PendingCall): void {
    const transfer = Moved.anyMarked() ? Moved.take(call.args) : undefined
    if (transfer !== undefined) {
      this.flush()
      call.moved = true
      this.alone(call, transfer)
      return
    }
    write(this.frame, call)
    if (!this.composite) this.composite = holdsObject(call.args)
    if (++this.calls >= maxMessages) this.flush()
    else this.flushLater()
  }

  /** Adds a message of primitive values. */
  add(id: number, code: number, values: ReadonlyArray<unknown>): void {
    this.frame.push(id, code, values.length, ...values)
    this.flushLater()
  }

  /** Adds a message. `false` when it cannot be cloned; then nothing is sent. */
  tell(id: number, code: number, values: ReadonlyArray<unknown>): boolean {
    if (this.closed) return true
    const transfer = Moved.anyMarked() ? Moved.take(values) : undefined
    if (transfer === undefined && values.every(isPrimitive)) {
      this.add(id, code, values)
      return true
    }
    // in a frame of its own, so that it fails alone; what was said before comes first
    this.flush()
    try {
      if (transfer !== undefined && !this.options.failedPostKeepsMoved) {
        if (findCulprit(values, "", new Set<unknown>(transfer)) !== undefined) return false
      }
      this.post([...this.header(), id, code, values.length, ...values], true, transfer)
      return true
    } catch {
      return false
    }
  }

  /** What is said from now on leaves with the next `flush`. */
  hold(): void {
    this.held = true
  }

  private flushLater(): void {
    if (this.scheduled || this.held) return
    this.scheduled = true
    queueMicrotask(() => {
      this.scheduled = false
      this.flush()
    })
  }

  flush(): void {
    this.held = false
    if (this.frame.length === Frame.toWorkerHeader || this.closed) return
    const { composite, frame } = this
    this.frame = this.header()
    this.calls = 0
    this.composite = false
    try {
      this.post(frame, composite)
    } catch {
      // some argument cannot be cloned: it costs its own call only
      for (const message of Frame.split(frame, Frame.toWorkerHeader)) {
        // written by `call` or `add`: what is no call can be cloned
        const call = this.options.find(message[0] as number)
        if (call !== undefined && isCall(message)) this.alone(call, undefined)
        else this.post([...this.header(), ...message], false)
      }
    }
  }

  /** The worker is gone: nothing is sent any more. */
  close(): void {
    this.closed = true
  }

  private header(): Array<unknown> {
    return [this.options.incarnation, 0, 0]
  }

  private post(frame: Array<unknown>, composite: boolean, transfer?: Array<object>): void {
    this.sent.head(frame, this.read)
    this.options.port.postMessage(frame, transfer)
    this.sent.add(composite ? frame : undefined)
    Bell.ring(this.options.memory)
  }

  private alone(call: PendingCall, transfer: Array<object> | undefined): void {
    const frame = this.header()
    write(frame, call)
    const moved = new Set<unknown>(transfer)
    try {
      if (transfer !== undefined && !this.options.failedPostKeepsMoved) {
        const culprit = findCulprit(call.args, "args", moved)
        if (culprit !== undefined) throw new TypeError(culprit.description)
      }
      this.post(frame, true, transfer)
    } catch (error) {
      const culprit = findCulprit(call.args, "args", moved)
      this.options.onFailed(call, culprit?.path ?? "args", culprit?.description ?? String(error))
    }
  }

  /** The worker has read all frames up to the number `read`. */
  forget(read: number): void {
    this.sent.forget(read)
  }

  /** A frame of the worker has come that cannot be read: the worker is told which one. */
  unread(error: unknown): void {
    if (this.closed) return
    const number = this.read + 1
    // in a frame of its own, which can be read; what was read by then is said after it
    this.post([...this.header(), 0, Frame.UnreadByMain, 2, number, String(error)], false)
    this.read = number
    this.unreadFrame = { number, error }
  }

  /** The worker does not know any more whose the frame `number` was. `false` when it was read. */
  lost(number: unknown): boolean {
    if (this.unreadFrame === undefined || !(Number(number) <= this.unreadFrame.number)) return false
    this.options.onLost(this.unreadFrame.error)
    return true
  }

  /** The worker could not read the frame `number`. `false` when it cannot be so. */
  reread(number: unknown, why: unknown): boolean {
    if (!this.sent.isUnread(number) || typeof why !== "string") return false
    const frame = this.sent.take(number)
    const messages = frame === undefined ? [] : Frame.split(frame, Frame.toWorkerHeader)
    const [first] = messages
    if (messages.length > 1) for (const message of messages) this.post([...this.header(), ...message], true)
    else if (first === undefined || !this.refuse(first, why)) this.options.onLost(new Error(why))
    return true
  }

  /** The worker cannot read the message. `false` when nobody can be told. */
  private refuse(message: ReadonlyArray<unknown>, why: string): boolean {
    // written by `call` or `tell`
    const [id = 0, code, , first, position] = message as ReadonlyArray<number>
    const call = this.options.find(id)
    const error = encode(new TypeError(`Cannot pass ${unreadable(why)}`))
    if (isCall(message)) {
      // one that was taken back meanwhile has its answer already
      if (call !== undefined) this.options.onFailed(call, "args", unreadable(why))
    } else if (code === Frame.Answer) this.tell(id, code, [first, false, error])
    else if (code === Frame.Input) this.tell(id, Frame.InputEnd, [first, position, error])
    else return false
    return true
  }
}

const write = (frame: Array<unknown>, call: PendingCall): void => {
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

/** Is it a call, with what goes before it? */
const isCall = ([, code]: ReadonlyArray<unknown>): boolean =>
  code === Frame.Deadline || code === Frame.Live || (code as number) >= 0 // of a well-formed message

/** Can `value` be cloned, and read, for certain? */
const isPrimitive = (value: unknown): boolean =>
  value === null || (typeof value !== "object" && typeof value !== "function" && typeof value !== "symbol")

// a loop, because it is run for every call: `some` costs Bun a tenth of its calls per second
const holdsObject = (args: ReadonlyArray<unknown>): boolean => {
  for (let at = 0; at < args.length; at++) if (typeof args[at] === "object") return true
  return false
}
