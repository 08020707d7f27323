import { readFileSync } from 'node:fs'
import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'

export interface ConnectionBounds {
  /** Most connections at once. */
  readonly most: number
  /** Most at once of one address. */
  readonly mostOfAddress: number
  /** What counts as one address. */
  readonly partyOf: (address: string) => string
  /** Whether an address is a proxy, whose connections are those of many callers. */
  readonly isProxy: (address: string) => boolean
  /** Told of connections that had to go, now and then, with their number. */
  readonly onClosed: (count: number) => void
}

const MOST = 10_000
/** Of a process of which nobody says how many files it may open. */
const USUAL_FILES = 4096
/** Even the strictest system lets a process have as many. */
const LEAST = 64
const TELL_EVERY_MS = 60_000

/**
 * Bounds the connections of a server, also those over which no request ever comes: each takes one of
 * the files that the process may open, and databases need the rest.
 *
 * The newcomer is let in, and the connection that has waited for its client for longest goes: of the
 * same address where that has too many, else of all. One whose request is being answered stays.
 */
export function boundConnections(server: Server, bounds: ConnectionBounds): void {
  const { most, mostOfAddress, partyOf, isProxy } = bounds
  const all = new Ring()
  const parties = new Map<string, Ring>()
  const known = new Map<string, Connection>()
  const tell = nowAndThen(bounds.onClosed)
  const remove = (connection: Connection) => {
    all.delete(connection)
    const { party, peer } = connection
    if (known.get(peer) === connection) known.delete(peer)
    const own = party === undefined ? undefined : parties.get(party)
    if (party !== undefined && own?.delete(connection) && own.size === 0) parties.delete(party)
  }
  server.on('request', (request: IncomingMessage, response: ServerResponse) => {
    const connection = known.get(peerOf(request.socket))
    if (connection !== undefined) connection.response = response
  })
  server.on('connection', (socket: Socket) => {
    const { remoteAddress: address } = socket
    const party = address === undefined || isProxy(address) ? undefined : partyOf(address)
    let own = party === undefined ? undefined : parties.get(party)
    const crowded = own !== undefined && own.size >= mostOfAddress ? own : all
    if (crowded !== all || all.size >= most) {
      tell()
      const stalest = crowded.stalest()
      ;(stalest?.socket ?? socket).destroy()
      if (stalest === undefined) return
      remove(stalest)
    }
    const peer = peerOf(socket)
    const connection: Connection = { socket, peer, party, seen: 0, response: undefined }
    known.set(peer, connection)
    all.add(connection)
    if (party !== undefined) {
      own = parties.get(party) ?? new Ring()
      parties.set(party, own.add(connection))
    }
    socket.once('close', () => remove(connection))
  })
}

/** Whose connection it is. Over TLS the socket of a request is not the one that was connected. */
function peerOf({ remoteAddress, remotePort }: Socket): string {
  return `${remoteAddress} ${remotePort}`
}

/** Half of the files that the process may open, at most ten thousand. */
export function usualConnections(): number {
  return Math.max(LEAST, Math.min(MOST, Math.floor(openFiles() / 2)))
}

interface Connection {
  readonly socket: Socket
  readonly peer: string
  /** Undefined for a proxy. */
  readonly party: string | undefined
  /** Bytes that had come from it when it was looked at last. */
  seen: number
  /** To its newest request. */
  response: ServerResponse | undefined
}

/** Connections in the order in which they were looked at last. */
class Ring extends Set<Connection> {
  /**
   * The one that has sent nothing for longest and waits for no answer. One that has gone on since it was
   * looked at last is passed over once, so that looking costs little however many there are.
   */
  stalest(): Connection | undefined {
    // Nobody is looked at three times: then all are being answered.
    let looks = this.size * 2
    for (const connection of this) {
      if (looks-- === 0) return undefined
      const { bytesRead } = connection.socket
      if (!isAnswered(connection) && bytesRead === connection.seen) return connection
      connection.seen = bytesRead
      // Behind all others; the loop comes past it again.
      this.delete(connection)
      this.add(connection)
    }
    return undefined
  }
}

/** Whether the client has sent all of a request and waits for the answer. */
function isAnswered({ response }: Connection): boolean {
  return response !== undefined && !response.writableFinished && response.req.complete
}

function nowAndThen(tell: (count: number) => void): () => void {
  let count = 0
  let toldAt = Number.NEGATIVE_INFINITY
  return () => {
    count += 1
    const now = performance.now()
    if (now - toldAt < TELL_EVERY_MS) return
    tell(count)
    toldAt = now
    count = 0
  }
}

function openFiles(): number {
  try {
    const limits = readFileSync('/proc/self/limits', 'utf8')
    return Number(/^Max open files +(\d+)/m.exec(limits)?.[1] ?? MOST * 2)
  } catch {
    return USUAL_FILES
  }
}
