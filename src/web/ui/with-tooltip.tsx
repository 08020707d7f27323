import type { ReactNode } from 'react'
import { Tooltip, TooltipTrigger } from 'react-aria-components'

/** Explains the one control within it to whoever rests on it. */
export function WithTooltip({
  hint,
  children,
}: {
  readonly hint: string
  readonly children: ReactNode
}) {
  return (
    <TooltipTrigger delay={400} closeDelay={0}>
      {children}
      <Tooltip className="tooltip" offset={6}>
        {hint}
      </Tooltip>
    </TooltipTrigger>
  )
}
