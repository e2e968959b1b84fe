// Failure-directed search's ratings (Vilím, Laborie, Shaw 2015): a side that fails, or settles many other choices, rates low, and the
// search takes the choice of lowest sum, its lower side first. Guided by an incumbent it looks for a schedule instead, and takes the
// choice whose tasks have least room.

static const f64 KEPT = 0.98;
static const f64 MEAN_KEPT = 0.99;
static const f64 LEAST_MEAN = 0.05;

/** Rates the side that `flag` took at that depth; `local`: 0 where it failed, else 1 + the share of choices left open. */
static void rate(usize search, usize choice, usize side, u32 depth, f64 local) {
  usize mean = PTR(search, DEPTH_MEANS) + (((usize)depth) << 3);
  f64 average = MEAN_KEPT * F64(mean, 0) + (1 - MEAN_KEPT) * local;
  F64(mean, 0) = average;
  usize at = choice + (side << 3);
  f64 rating = KEPT * F64(at, RATING) + ((1 - KEPT) * local) / MAX(average, LEAST_MEAN);
  F64(at, RATING) = rating;
  f64 sum = F64(choice, RATING) + F64(choice + 8, RATING);
  F64(choice, RATING_SUM) = sum;
  usize index = (choice - PTR(search, CHOICES)) / CHOICE_BYTES;
  F64(PTR(search, PICKS) + index * PICK_BYTES, PICK_RATING) = sum;
}

/** Flag to set next: the better side of the open choice of lowest rating. There is one. */
static usize pickFlag(usize search) {
  usize open = PTR(search, OPEN);
  usize end = open + (((usize)U32(search, OPEN_COUNT)) << 2);
  usize best = PTR(open, 0);
  f64 bestSum = F64(best, RATING_SUM);
  for (usize p = open + 4; p < end; p += 4) {
    usize choice = PTR(p, 0);
    f64 sum = F64(choice, RATING_SUM);
    if (sum < bestSum) {
      best = choice;
      bestSum = sum;
    }
  }
  f64 first = F64(best, RATING);
  f64 second = F64(best + 8, RATING);
  usize side = first == second ? PTR(best, HINT) : (usize)(second < first);
  return PTR(best, OWN_FLAGS) + (side << 2);
}
