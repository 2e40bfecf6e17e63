import * as Adapter from "troupe/adapter"

export const version = 3
export const counter = Adapter.define({ setup: () => ({ add: (a, b) => a + b }) })
