import { Counter, Gauge, type Registry } from 'prom-client'

/** A value that goes up and down. Without labels it is 0 from the start, with them it is not there. */
export function gauge<Label extends string>(
  registry: Registry,
  name: string,
  help: string,
  labelNames: readonly Label[] = [],
): Gauge<Label> {
  return new Gauge({ name: `bellows_${name}`, help, labelNames: [...labelNames], registers: [registry] })
}

/** A count since the command began. */
export function counter<Label extends string>(
  registry: Registry,
  name: string,
  help: string,
  labelNames: readonly Label[] = [],
): Counter<Label> {
  return new Counter({ name: `bellows_${name}`, help, labelNames: [...labelNames], registers: [registry] })
}
