/** Why something outside was not reached, in words for whoever asked for it. */
export class OutboundError extends Error {
  override readonly name = 'OutboundError'
}
