/** Formats as the runtime's console does; loaded when something is first printed, since most workers never print. */
export const format = (...args: Array<unknown>): string => process.getBuiltinModule("node:util").format(...args)
