/**
 * Says which chunk said what of a merged description. A part belongs to the chunks whose answers
 * hold it; where no answer tells, parts and chunks are paired in order, and one text for many chunks
 * is said by each of them. Every part has a chunk, and every chunk a part.
 *
 * @param parts of the description, in order
 * @param chunks ids in order, at least one
 * @param answers what the model said of a chunk, where it was kept
 */
export function shareOut(
  parts: readonly string[],
  chunks: readonly string[],
  answers: ReadonlyMap<string, string>,
): Map<string, string[]> {
  const shares = new Map(chunks.map((chunk) => [chunk, new Set<string>()]))
  const paired = parts.length === chunks.length
  for (const [i, part] of parts.entries()) {
    const tellers = chunks.filter((chunk) => part !== '' && answers.get(chunk)?.includes(part))
    const fallback = chunks[paired ? i : i % chunks.length]
    const speakers = tellers.length > 0 || fallback === undefined ? tellers : [fallback]
    for (const chunk of speakers) shares.get(chunk)?.add(part)
  }
  const any = parts.length > 0 ? parts : ['']
  return new Map(
    chunks.map((chunk, i) => {
      const own = [...(shares.get(chunk) ?? [])]
      return [chunk, own.length > 0 ? own : [any[i % any.length] ?? '']]
    }),
  )
}
