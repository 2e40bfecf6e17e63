/**
 * A link that makes every call one plain Comlink call.
 *
 * It is the reference: the conformance suite runs on it where it can, and it shows what frames gain. There are no
 * streams, nothing is sent ahead, a method cannot be asked to stop, and a call that was sent counts as started.
 */
import * as Comlink from "comlink"
import { findCulprit } from "../wire/Cloneable.ts"
import { encode, isEncodedError } from "../wire/EncodedError.ts"
import * as Frame from "../wire/Frame.ts"
import * as GuardedEndpoint from "../wire/GuardedEndpoint.ts"
import * as Moved from "../wire/Moved.ts"
import type { PendingCall } from "./PendingCall.ts"
import type { Failure, LinkOptions, LinkProtocolShape, WorkerLink } from "./WorkerLink.ts"

type Remote = Record<string, (...args: ReadonlyArray<unknown>) => Promise<unknown>>

/** Every name is a method: the worker's own guard refuses what it does not offer. */
const anyName: ReadonlySet<string> = new (class extends Set<string> {
  override has(name: unknown): boolean {
    return typeof name === "string"
  }
})()

/** What has become of a call. */
type Outcome = { readonly _tag: "Succeeded"; readonly value: unknown } | Failure

/** What the answers of a worker mean. */
interface Reader {
  /** `undefined` for what is no answer. */
  readonly answered: (answer: unknown) => Outcome | undefined
  /** What rejects is a call that could not be sent, or what the worker has thrown. */
  readonly rejected: (error: unknown, args: ReadonlyArray<unknown>) => Failure
  /** What the worker throws comes as Comlink sends it, not as data. */
  readonly throws: boolean
}

const unserializable = (path: string, description: string): Failure => ({
  _tag: "Unserializable",
  direction: path.startsWith("args") ? "argument" : "result",
  path,
  description
})

const argument = (args: ReadonlyArray<unknown>, moved?: ReadonlySet<unknown>): Failure | undefined => {
  const culprit = findCulprit(args, "args", moved)
  return culprit === undefined ? undefined : unserializable(culprit.path, culprit.description)
}

/** Settlements as data, as troupe's own workers answer. */
const settlements: Reader = {
  answered: (answer) => {
    const [code, first, second] = Array.isArray(answer) ? answer : []
    if (code === Frame.Succeeded) return { _tag: "Succeeded", value: first }
    if (code === Frame.Failed && isEncodedError(first)) return { _tag: "Failed", error: first }
    if (code === Frame.Unserializable && typeof first === "string" && typeof second === "string") {
      return unserializable(first, second)
    }
    return undefined
  },
  rejected: (_error, args) => argument(args) ?? unserializable("args", "an argument"),
  throws: false
}

/** Bare values and what was thrown, as every other Comlink worker answers. */
const values: Reader = {
  answered: (value) => ({ _tag: "Succeeded", value }),
  rejected: (error, args) => argument(args) ?? { _tag: "Failed", error: encode(error) },
  throws: true
}

class ComlinkLink implements WorkerLink {
  readonly worker: string
  readonly index: number
  readonly incarnation: number
  capacity: number
  readonly service = 0
  load = 0
  private readonly options: LinkOptions
  private readonly reader: Reader
  private readonly guarded: GuardedEndpoint.GuardedEndpoint
  private readonly remote: Remote
  private readonly calls = new Map<number, PendingCall>()
  private misread = 0
  private messages = 0
  private ended = false

  constructor(options: LinkOptions, reader: Reader) {
    this.worker = options.worker
    this.index = options.index
    this.incarnation = options.incarnation
    this.capacity = options.capacity
    this.options = options
    this.reader = reader
    this.guarded = GuardedEndpoint.make(
      options.channel.port,
      reader.throws ? "asks, and hears throws" : "asks",
      anyName
    )
    // Comlink's endpoint and proxy types are the DOM's and the object's; both are structural matches here
    this.remote = Comlink.wrap(this.guarded as unknown as Comlink.Endpoint) as unknown as Remote
    // Comlink does not say whose answer it was
    options.channel.port.addEventListener("messageerror", (event) => options.events.onUnreadable(event.data))
    options.channel.port.start?.()
  }

  get outstanding(): number {
    return this.calls.size
  }

  get refused(): number {
    return this.guarded.refused() + this.misread
  }

  limit(capacity: number): void {
    this.capacity = Math.min(this.capacity, capacity)
  }

  room(): number {
    return this.ended ? 0 : this.capacity - this.calls.size
  }

  find(id: number): PendingCall | undefined {
    return this.calls.get(id)
  }

  send(call: PendingCall): void {
    const id = ++this.messages
    call.id = id
    call.link = this
    this.calls.set(id, call)
    this.load += call.weight
    this.options.keepAlive(true)
    const refusal = this.refusal(call)
    if (refusal !== undefined) {
      queueMicrotask(() => this.settle(call, refusal))
      return
    }
    const method = this.remote[call.method.name]
    if (method === undefined) return
    method(...call.args).then(
      (answer) => {
        const outcome = this.reader.answered(answer)
        if (outcome === undefined) this.misread++
        else this.settle(call, outcome)
      },
      (error) => this.settle(call, this.reader.rejected(error, call.args))
    )
  }

  /** Why `call` cannot be sent; hands what moves with it to Comlink. */
  private refusal(call: PendingCall): Failure | undefined {
    // a plain Comlink call has one answer, and no way for anything of the main side
    if (call.stream !== undefined) return unserializable("result", "a stream over a plain Comlink link")
    const live = call.live?.kinds[0]
    if (live !== undefined) return unserializable(`args[${live}]`, "what stays on the main side")
    const transfer = Moved.anyMarked() ? Moved.take(call.args) : undefined
    if (transfer === undefined) return undefined
    if (!this.options.capabilities.failedPostKeepsMoved) {
      const failure = argument(call.args, new Set<unknown>(transfer))
      if (failure !== undefined) return failure
    }
    const carrier = call.args.find((arg) => typeof arg === "object" && arg !== null)
    // Comlink names the web's transferables; these are whatever the runtime moves
    if (carrier !== undefined) Comlink.transfer(carrier, transfer as Array<Transferable>)
    return undefined
  }

  private settle(call: PendingCall, outcome: Outcome): void {
    if (call.link !== this) return
    this.release(call)
    if (outcome._tag === "Succeeded") this.options.events.onSucceeded(call, outcome.value)
    else this.options.events.onFailed(this, call, outcome)
    this.options.events.onReady(this)
  }

  private release(call: PendingCall): void {
    this.calls.delete(call.id)
    call.link = undefined
    this.load -= call.weight
    if (this.calls.size === 0) this.options.keepAlive(false)
  }

  flush(): void {}

  cancel(): "asked" {
    return "asked"
  }

  takeBack(): Array<PendingCall> {
    return []
  }

  credit(): void {}

  tell(): boolean {
    return false
  }

  held(): Array<PendingCall> {
    return [...this.calls.values()]
  }

  end(): { readonly unstarted: Array<PendingCall>; readonly started: Array<PendingCall> } {
    this.ended = true
    this.options.channel.close()
    const started = this.held()
    for (const call of started) this.release(call)
    return { unstarted: [], started }
  }
}

/** Every call a plain Comlink call. */
export const comlink: LinkProtocolShape = { kind: "comlink", make: (options) => new ComlinkLink(options, settlements) }

/** The same with a worker that knows nothing of troupe. */
export const adopted: LinkProtocolShape = { kind: "adopted", make: (options) => new ComlinkLink(options, values) }
