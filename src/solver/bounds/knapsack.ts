/**
 * A plan may leave VMs unplaced, up to the weight that the incumbent leaves. A bound must hold for such plans too: from a sum over
 * wishes, the most valuable that fit the weight budget are taken out (the fractional knapsack: never too little).
 */
export function removableValue(
  values: ArrayLike<number>,
  weights: ArrayLike<number>,
  budget: number,
): number {
  if (budget <= 0) return 0
  const order = Array.from({ length: values.length }, (_, i) => i).filter((i) => values[i] > 0)
  order.sort((a, b) => values[b] * weights[a] - values[a] * weights[b] || a - b)
  let left = budget
  let sum = 0
  for (const i of order) {
    if (weights[i] >= left) return sum + (values[i] * left) / weights[i]
    left -= weights[i]
    sum += values[i]
  }
  return sum
}
