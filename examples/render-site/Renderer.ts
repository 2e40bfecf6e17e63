import { Actor } from "troupe"
import type renderer from "./renderer.adapter.ts"

/** The renderer as a service: one worker per core, each with its own copy of the adapter. */
export class Renderer extends Actor.Service<Renderer, typeof renderer>()("Renderer", {
  adapter: new URL("./renderer.adapter.ts", import.meta.url),
  options: { gfm: true }
}) {}
