/** Between the fields of a record. */
export const FIELD_DELIMITER = '<|#|>'
/** After the last record. */
export const END_MARKER = '<|COMPLETE|>'

/**
 * Ways in which models spoil the delimiter, the most complete first so that none eats a part of
 * another. Each needs at least two of its signs, so that prose with a lone `<`, `#` or `|` stays.
 */
const SPOILT: readonly RegExp[] = [
  // A doubled core: <|##|>, <|#||#|>
  /<\|#\|*#+\|>/g,
  // Nothing within: <|>, <||>
  /<\|{1,2}>/g,
  // One stray character beside a pipe, an escape included: <X|#|>, <|X#|>, <|#X|>, <|#|X>
  /<[^\s|#>]\|#\|>/g,
  /<\|[^\s|#>]#\|>/g,
  /<\|#[^\s|#>]\|>/g,
  /<\|#\|[^\s|#>]>/g,
  // Pipes missing: <#>, <#|>, <|#>
  /<#>|<#\|>|<\|#>/g,
  // A pipe replaced by another sign: <:#|>, <|#:>
  /<[^\s\w|#<>]#\|>|<\|#[^\s\w|#<>]>/g,
  // Doubled outer pipes: <||#||>, <||#|>, <|#||>, and bare ||#||
  /<\|\|#\|{1,2}>|<\|#\|\|>|<?\|\|#\|\|>?/g,
  // The closing bracket lost or replaced: <|#|, <|#:, <||#>, <||
  /<\|#\|(?!>)/g,
  /<\|#:(?!>)/g,
  /<\|\|#>/g,
  /<\|\|(?![#>|])/g,
  // The opening bracket lost: |#|>
  /(?<!<)\|#\|>/g,
  // A pipe too many behind: <|#|>|
  /<\|#\|>\|(?!#)/g,
]

/** A record with every recognisable ruin of the delimiter mended. */
export function repairDelimiter(record: string): string {
  let mended = record
  for (const spoilt of SPOILT) mended = mended.replace(spoilt, FIELD_DELIMITER)
  return mended
}
