/**
 * How calls travel to a worker: in frames (the default), or as one plain Comlink call each.
 */
import * as Context from "effect/Context"
import * as Layer from "effect/Layer"
import { comlink } from "./ComlinkLink.ts"
import { FrameLink } from "./FrameLink.ts"
import type { LinkProtocolShape } from "./WorkerLink.ts"

/** Calls in frames, with claims, cancellation, streams and prefetch. */
export const frames: LinkProtocolShape = { kind: "frames", make: (options) => new FrameLink(options) }

/** The protocol in force; {@link frames} when none is provided. */
export const LinkProtocol: Context.Reference<LinkProtocolShape> = Context.Reference("troupe/core/LinkProtocol", {
  defaultValue: (): LinkProtocolShape => frames
})

export { comlink } from "./ComlinkLink.ts"

/** Calls in frames: the default. */
export const layerFrames: Layer.Layer<never> = Layer.succeed(LinkProtocol, frames)

/** Every call one plain Comlink call: the reference. */
export const layerComlink: Layer.Layer<never> = Layer.succeed(LinkProtocol, comlink)
