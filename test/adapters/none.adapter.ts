/** Looks like an adapter, but was not made by `Adapter.define`. */
export const lookalike = { setup: () => ({ greet: () => "hello" }) }

export const version = 1
