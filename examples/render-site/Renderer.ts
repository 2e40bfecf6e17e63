import { Actor, Workload } from "troupe"
import type renderer from "./renderer.adapter.ts"

/** The renderer as a service: as many workers as rendering deserves here, each with its own copy of the adapter. */
export class Renderer extends Actor.Service<Renderer, typeof renderer>()("Renderer", {
  adapter: new URL("./renderer.adapter.ts", import.meta.url),
  options: { gfm: true },
  workload: Workload.render
}) {}
