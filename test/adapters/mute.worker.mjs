// a worker that serves nothing
setInterval(() => undefined, 1000)
