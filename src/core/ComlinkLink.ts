/**
 * A link that makes every call one plain Comlink call.
 *
 * It is the reference: the conformance suite runs on it where it can, and it shows what frames gain. There are no
 * streams, nothing is sent ahead, a method cannot be asked to stop, and a call that was sent counts as started.
 */
import * as Comlink from "comlink"
import { findCulprit } from "../wire/Cloneable.ts"
import { isEncodedError } from "../wire/EncodedError.ts"
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

const read = (code: unknown, first: unknown, second: unknown): Failure | undefined => {
  if (code === Frame.Failed && isEncodedError(first)) return { _tag: "Failed", error: first }
  if (code === Frame.Unserializable && typeof first === "string" && typeof second === "string") {
    return { _tag: "Unserializable", direction: "result", path: first, description: second }
  }
  return undefined
}

class ComlinkLink implements WorkerLink {
  readonly worker: string
  readonly index: number
  readonly incarnation: number
  capacity: number
  readonly service = 0
  load = 0
  private readonly options: LinkOptions
  private readonly guarded: GuardedEndpoint.GuardedEndpoint
  private readonly remote: Remote
  private readonly calls = new Map<number, PendingCall>()
  private misread = 0
  private messages = 0
  private ended = false

  constructor(options: LinkOptions) {
    this.worker = options.worker
    this.index = options.index
    this.incarnation = options.incarnation
    this.capacity = options.capacity
    this.options = options
    this.guarded = GuardedEndpoint.make(options.channel.port, "asks", anyName)
    // Comlink's endpoint and proxy types are the DOM's and the object's; both are structural matches here
    this.remote = Comlink.wrap(this.guarded as unknown as Comlink.Endpoint) as unknown as Remote
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
    if (call.stream !== undefined) {
      // refused by the pool's caller: a plain Comlink call has one answer
      queueMicrotask(() => this.unserializable(call, "result", "a stream over a plain Comlink link"))
      return
    }
    const live = call.live?.kinds[0]
    if (live !== undefined) {
      queueMicrotask(() => this.unserializable(call, `args[${live}]`, "what stays on the main side"))
      return
    }
    const transfer = Moved.anyMarked() ? Moved.take(call.args) : undefined
    if (transfer !== undefined && !this.options.capabilities.failedPostKeepsMoved) {
      const culprit = findCulprit(call.args, "args", new Set<unknown>(transfer))
      if (culprit !== undefined) {
        queueMicrotask(() => this.unserializable(call, culprit.path, culprit.description))
        return
      }
    }
    const [first] = call.args
    if (transfer !== undefined && typeof first === "object" && first !== null)
      Comlink.transfer(first, transfer as Array<Transferable>)
    const method = this.remote[call.method.name]
    if (method === undefined) return
    method(...call.args).then(
      (answer) => this.receive(call, answer),
      () => {
        const culprit = findCulprit(call.args, "args")
        this.unserializable(call, culprit?.path ?? "args", culprit?.description ?? "an argument")
      }
    )
  }

  private receive(call: PendingCall, answer: unknown): void {
    const [code, first, second] = Array.isArray(answer) ? answer : []
    if (code === Frame.Succeeded) {
      this.settle(call, () => this.options.events.onSucceeded(call, first))
      return
    }
    const failure = read(code, first, second)
    if (failure === undefined) this.misread++
    else this.settle(call, () => this.options.events.onFailed(this, call, failure))
  }

  private unserializable(call: PendingCall, path: string, description: string): void {
    const direction = path.startsWith("args") ? "argument" : "result"
    this.settle(call, () =>
      this.options.events.onFailed(this, call, { _tag: "Unserializable", direction, path, description })
    )
  }

  private settle(call: PendingCall, tell: () => void): void {
    if (call.link !== this) return
    this.release(call)
    tell()
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
export const comlink: LinkProtocolShape = { kind: "comlink", make: (options) => new ComlinkLink(options) }
