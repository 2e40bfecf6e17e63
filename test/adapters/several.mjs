import * as Adapter from "troupe/adapter"

export const one = Adapter.define({ setup: () => ({ which: () => 1 }) })
export const two = Adapter.define({ setup: () => ({ which: () => 2 }) })
