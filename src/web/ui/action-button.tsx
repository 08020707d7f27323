import type { ReactNode } from 'react'
import { Button } from 'react-aria-components'
import { Icon, type IconName } from './icon.tsx'
import { WithTooltip } from './with-tooltip.tsx'

export interface ActionButtonProps {
  readonly children: string
  readonly onPress?: () => void
  readonly icon?: IconName
  readonly look?: 'plain' | 'primary' | 'danger' | 'quiet'
  readonly isCompact?: boolean
  /** Shows the icon alone; the text is its name and its tooltip. */
  readonly iconOnly?: boolean
  readonly isDisabled?: boolean
  /** Why it cannot be used, which is said instead of doing it. */
  readonly reason?: string | undefined
  readonly isBusy?: boolean
  readonly type?: 'button' | 'submit'
  readonly end?: ReactNode
}

/** A button that says what it does, or why it does nothing. */
export function ActionButton(props: ActionButtonProps) {
  const { children, icon, look = 'plain', isCompact = false, iconOnly = false, reason } = props
  const { isBusy = false, onPress, end } = props
  const classes = ['button', look, isCompact ? 'compact' : '', iconOnly ? 'icon-only' : '']
  const button = (
    <Button
      className={classes.join(' ')}
      type={props.type ?? 'button'}
      isDisabled={props.isDisabled === true}
      {...(reason === undefined ? {} : { 'data-disabled': true })}
      {...(onPress === undefined || reason !== undefined || isBusy ? {} : { onPress })}
      {...(iconOnly ? { 'aria-label': children } : {})}
    >
      {isBusy ? <span className="spinner" /> : icon && <Icon name={icon} />}
      {!iconOnly && children}
      {reason !== undefined && <span className="sr-only">{reason}</span>}
      {end}
    </Button>
  )
  const hint = reason ?? (iconOnly ? children : undefined)
  return hint === undefined ? button : <WithTooltip hint={hint}>{button}</WithTooltip>
}
