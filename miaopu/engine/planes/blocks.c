/* Whom rules entitle to how much, block by block of the enterprises (planes/blocks.py says what it
   is for).

   A block fits the innermost caches: each of its columns is fetched once, however many rules ask
   about it, and a rule that is false for all of a block asks nothing more of it. What a question
   comes to is kept for the block as bits: where it is true, and where it is not false. */

#include "numbers.h"

#include <math.h>

#define WORDS 32 /* in a block, of 64 rows each */
#define ROWS (WORDS * 64)
#define REACH ((int64_t)1 << 40) /* numbers beyond it are not looked at for amounts */
#define FEW 64 /* rows that are left in a block: their quotients are looked at one by one */

enum { WITHIN, QUOTIENT, ALL, ANY, NOT };                /* what a step asks */
enum { LACKING, PAID, UNASKED };                         /* whether there is an amount */
enum { NONE = -1, OTHER = -2 };                          /* for a column; OTHER is not asked here */
enum { EQUAL, UNLIKE, BELOW, AT_MOST, ABOVE, AT_LEAST }; /* how a quotient is compared */

typedef struct {
  const void *stored;
  const uint8_t *known; /* a bit for each row, whole words of them; NULL: known everywhere */
  int64_t bytes;        /* of a number: 1 (without a sign), 2, 4, 8 */
  int64_t least, most;  /* what no number may be beyond, where `limited`; least is 0 at the most */
  int64_t limited;
} Column;

typedef struct { /* a block of a column, in as few bytes as are sure to do */
  const void *stored;
  int64_t bytes;
  int64_t least, most; /* between which its numbers lie */
} Near;

typedef struct {
  int32_t kind;
  int32_t column, other; /* QUOTIENT: `column` by `other` */
  int32_t sign;
  int32_t from, to;     /* WITHIN: its stretches; ALL, ANY, NOT: its parts */
  int32_t true_unknown; /* WITHIN: whether it is true where nothing is known, */
  int32_t maybe_unknown; /* and whether it is not false there */
  int32_t both;          /* 0: nobody asks where it is not false */
  int32_t unused;
  double figure, most;  /* QUOTIENT: compared with; how large a dividend may be */
} Step;

typedef struct {
  int64_t from; /* from which number on it holds; the first one of an amount from the least on */
  int64_t slope, start, divisor; /* fen: (slope * number + start) / divisor, rounded down */
} Line;

typedef struct {
  int32_t column;   /* whose number the lines are about; NONE: the same for all; or OTHER */
  int32_t from, to; /* its lines; none of them: there is no amount */
} Amount;

typedef struct {
  const Column *columns;
  const Step *steps;
  const int64_t *stretches;   /* least and most of each */
  const int32_t *parts;
  const int32_t *from;        /* for each rule its first condition, and the end of the last one's */
  const int32_t *conditions;
  const int64_t *jurisdiction; /* for each rule least and most of `region`'s numbers */
  const Amount *amounts;       /* for each rule */
  const Line *lines;
  const int64_t *places;       /* for each rule what it is called in what is found */
  int64_t rows, rules, column_count;
  int64_t region; /* the column, or -1: no rule is left out by its jurisdiction */
  /* Room: */
  int64_t *made;     /* for each step the block that it was last asked of: -1 to begin with */
  uint64_t *planes;  /* for each step 2 * WORDS */
  uint64_t *held;    /* for each rule WORDS */
  int64_t *who;      /* for each rule */
  Near *near;        /* for each column, */
  uint32_t *narrow;  /* and ROWS each */
} Task;

typedef struct { /* who is entitled by which rule, by row and rule, as far as there is room */
  int64_t room;
  int64_t *row, *rule, *fen;
  uint8_t *paid; /* LACKING, PAID or UNASKED */
} Found;

/* What blocks.py has to agree with; the first is for a change that the others do not show. */
const int64_t miaopu_layout[] = {
    2, WORDS, REACH, sizeof(Column), sizeof(Near), sizeof(Step), sizeof(Line), sizeof(Amount),
    sizeof(Task), sizeof(Found)};

/* Which numbers of a block lie in a stretch. */
static void within(const Near *n, int rows, const int64_t *stretch, uint64_t *out) {
  if (stretch[1] < n->least || stretch[0] > n->most) {
    memset(out, 0, WORDS * 8);
    return;
  }
  const int64_t least = stretch[0] < n->least ? n->least : stretch[0];
  const int64_t most = stretch[1] > n->most ? n->most : stretch[1];
  int done = 0;
#ifdef WIDEST
  if (__builtin_cpu_supports("avx512bw")) {
    const int words = rows / 64;
    BY_SIZE(widest, n, 0, words, least, most, out)
    done = 64 * words, out += words;
  }
#endif
  BY_SIZE(within, n, done, rows - done, least, most, out)
}

/* Bring a block of a column near; 0 where one of its numbers is beyond its limits. */
static int bring(const Task *t, int64_t column, int64_t start, int rows) {
  const Column *c = t->columns + column;
  Near *n = t->near + column;
  void *room = t->narrow + column * ROWS;
  int64_t every = UINT8_MAX;
  n->stored = (const uint8_t *)c->stored + start * c->bytes;
  n->bytes = c->bytes;
  if (c->bytes > 1) BY_SIZE(every = every, n, 0, rows)
  n->least = 0, n->most = every;
  if (every < 0 || column == t->region || (c->limited && every > c->most)) {
    BY_SIZE(ends, n, 0, rows, &n->least, &n->most)
    if (c->limited && (n->least < c->least || n->most > c->most)) return 0;
  }
  if (every < 0 || every > UINT32_MAX || c->bytes < 4) return 1;
  n->bytes = every <= UINT8_MAX ? 1 : every <= UINT16_MAX ? 2 : 4;
  if (n->bytes == c->bytes) return 1;
  switch (c->bytes + n->bytes) {
  case 4 + 1: narrow_4_1(n->stored, rows, room); break;
  case 4 + 2: narrow_4_2(n->stored, rows, room); break;
  case 8 + 1: narrow_8_1(n->stored, rows, room); break;
  case 8 + 2: narrow_8_2(n->stored, rows, room); break;
  default: narrow_8_4(n->stored, rows, room);
  }
  n->stored = room;
  return 1;
}

static int holds(double quotient, int sign, double figure) {
  switch (sign) {
  case EQUAL: return quotient == figure;
  case UNLIKE: return quotient != figure;
  case BELOW: return quotient < figure;
  case AT_MOST: return quotient <= figure;
  case ABOVE: return quotient > figure;
  default: return quotient >= figure;
  }
}

/* Whether quotients that differ are rounded to different ones (planes/quick.py). */
static int is_exact(double above, double below, double most) {
  return (fabs(above) < most) & (below >= 0) & (below < 9007199254740992.0);
}

/* Where quotients hold, and where there is one; returns whether all of them are exact. */
WIDE static int divided(const double *above, const double *below, int rows, const Step *s,
                        uint64_t *out, uint64_t *there) {
  uint8_t truth[ROWS] = {0}, divisible[ROWS] = {0};
  int inexact = 0;
  for (int i = 0; i < rows; i++) {
    divisible[i] = below[i] != 0;
    inexact |= !is_exact(above[i], below[i], s->most);
  }
#define TEST(SIGN) for (int i = 0; i < rows; i++) truth[i] = above[i] / below[i] SIGN s->figure
  switch (s->sign) {
  case EQUAL: TEST(==); break;
  case UNLIKE: TEST(!=); break;
  case BELOW: TEST(<); break;
  case AT_MOST: TEST(<=); break;
  case ABOVE: TEST(>); break;
  default: TEST(>=);
  }
  for (int w = 0; w < WORDS; w++) {
    out[w] = packed(truth + 64 * w);
    there[w] = packed(divisible + 64 * w);
  }
  return !inexact;
}

static void known_of(const Column *c, int64_t block, int rows, uint64_t *known) {
  if (c->known == NULL)
    memset(known, 0xff, WORDS * 8);
  else
    memcpy(known, c->known + block * WORDS * 8, (rows + 63) / 64 * 8);
}

static int is_known(const Column *c, int64_t row) {
  return c->known == NULL || (c->known[row / 8] >> row % 8 & 1);
}

static int64_t one_number(const Column *c, int64_t row) {
  switch (c->bytes) {
  case 1: return ((const uint8_t *)c->stored)[row];
  case 2: return ((const int16_t *)c->stored)[row];
  case 4: return ((const int32_t *)c->stored)[row];
  default: return ((const int64_t *)c->stored)[row];
  }
}

static const uint64_t *plane_of(const Task *t, int number, int64_t block, int rows);

/* Fill the plane of a step for a block; 0 where quotients are too large to be compared so. */
WIDE static int make(const Task *t, int number, int64_t block, int rows, uint64_t *is_true) {
  const Step *s = t->steps + number;
  const Column *c = t->columns + s->column, *other = t->columns + s->other;
  uint64_t known[WORDS] = {0}, divisor[WORDS] = {0}, there[WORDS], *maybe = is_true + WORDS;
  double above[ROWS], below[ROWS];
  switch (s->kind) {
  case WITHIN:
    if (s->from == s->to) memset(is_true, 0, WORDS * 8);
    for (int i = s->from; i < s->to; i++) {
      within(t->near + s->column, rows, t->stretches + 2 * i, i == s->from ? is_true : there);
      for (int w = 0; i > s->from && w < WORDS; w++) is_true[w] |= there[w];
    }
    known_of(c, block, rows, known);
    if (s->both)
      for (int w = 0; w < WORDS; w++)
        maybe[w] = s->maybe_unknown ? is_true[w] | ~known[w] : is_true[w] & known[w];
    for (int w = 0; w < WORDS; w++)
      is_true[w] = s->true_unknown ? is_true[w] | ~known[w] : is_true[w] & known[w];
    return 1;
  case QUOTIENT:
    BY_SIZE(doubles, c, block * ROWS, rows, above)
    BY_SIZE(doubles, other, block * ROWS, rows, below)
    if (!divided(above, below, rows, s, is_true, there)) return 0;
    known_of(c, block, rows, known);
    known_of(other, block, rows, divisor);
    for (int w = 0; w < WORDS; w++) {
      there[w] &= known[w] & divisor[w];
      maybe[w] = is_true[w] | ~there[w];
      is_true[w] &= there[w];
    }
    return 1;
  }
  const int words = s->both ? 2 * WORDS : WORDS;
  for (int i = s->from; i < s->to; i++) {
    const uint64_t *one = plane_of(t, t->parts[i], block, rows);
    if (one == NULL) return 0;
    if (s->kind == NOT)
      for (int w = 0; w < WORDS; w++) is_true[w] = ~one[WORDS + w], maybe[w] = ~one[w];
    else if (i == s->from)
      memcpy(is_true, one, words * 8);
    else if (s->kind == ALL)
      for (int w = 0; w < words; w++) is_true[w] &= one[w];
    else
      for (int w = 0; w < words; w++) is_true[w] |= one[w];
  }
  return 1;
}

static const uint64_t *plane_of(const Task *t, int number, int64_t block, int rows) {
  uint64_t *plane = t->planes + (int64_t)number * 2 * WORDS;
  if (t->made[number] != block) {
    if (!make(t, number, block, rows, plane)) return NULL;
    t->made[number] = block;
  }
  return plane;
}

static int count_of(const uint64_t *held) {
  int count = 0;
  for (int w = 0; w < WORDS; w++) count += __builtin_popcountll(held[w]);
  return count;
}

/* Clear the rows for which a quotient does not hold, one by one; 0 as for `make`. */
static int keep_quotients(const Task *t, const Step *s, int64_t start, uint64_t *held) {
  const Column *c = t->columns + s->column, *other = t->columns + s->other;
  for (int w = 0; w < WORDS; w++)
    for (uint64_t bits = held[w]; bits; bits &= bits - 1) {
      const int64_t row = start + 64 * w + __builtin_ctzll(bits);
      int keeps = is_known(c, row) && is_known(other, row);
      if (keeps) {
        const double above = (double)one_number(c, row), below = (double)one_number(other, row);
        if (!is_exact(above, below, s->most)) return 0;
        keeps = below != 0 && holds(above / below, s->sign, s->figure);
      }
      if (!keeps) held[w] &= ~(bits & -bits);
    }
  return 1;
}

/* Whom one rule entitles in a block, as bits in `held`: 1 somebody, 0 nobody, -1 as `make`'s 0. */
WIDE static int entitles(const Task *t, int64_t rule, int64_t block, int rows, uint64_t *held) {
  uint64_t any = 1;
  memset(held, 0xff, WORDS * 8);
  for (int w = rows / 64; w < WORDS; w++)
    held[w] = rows > 64 * w ? ((uint64_t)1 << (rows - 64 * w)) - 1 : 0;
  for (int i = t->from[rule]; any && i < t->from[rule + 1]; i++) {
    const int number = t->conditions[i];
    if (t->steps[number].kind == QUOTIENT && t->made[number] != block && count_of(held) <= FEW) {
      if (!keep_quotients(t, t->steps + number, block * ROWS, held)) return -1;
    } else {
      const uint64_t *plane = plane_of(t, number, block, rows);
      if (plane == NULL) return -1;
      for (int w = 0; w < WORDS; w++) held[w] &= plane[w];
    }
    any = 0;
    for (int w = 0; w < WORDS; w++) any |= held[w];
  }
  return any != 0;
}

/* What a rule pays one enterprise. */
static int pays(const Task *t, const Amount *a, int64_t row, int64_t *fen) {
  *fen = 0;
  if (a->column == OTHER) return UNASKED;
  if (a->from == a->to) return LACKING;
  int64_t number = 0;
  if (a->column != NONE) {
    const Column *c = t->columns + a->column;
    if (!is_known(c, row)) return LACKING;
    number = one_number(c, row);
    if (number < -REACH || number > REACH) return UNASKED;
  }
  const Line *line = t->lines + a->from;
  int later = 0; /* counted, as nobody can foresee it: that is faster than to stop */
  for (int i = 1; i < a->to - a->from; i++) later += number >= line[i].from;
  line += later;
  const int64_t sum = line->slope * number + line->start;
  *fen = line->divisor == 1 ? sum : sum / line->divisor - (sum % line->divisor < 0);
  return PAID;
}

/* Write whom the rules `t->who` entitle in a block, the bits in `t->held`, by row; returns where
   the next block goes on. */
static int64_t put(const Task *t, int64_t start, int64_t rules, int64_t count, const Found *found) {
  int32_t next[ROWS + 1] = {0};
  for (int64_t i = 0; i < rules * WORDS; i++)
    for (uint64_t bits = t->held[i]; bits; bits &= bits - 1)
      next[i % WORDS * 64 + __builtin_ctzll(bits) + 1]++;
  for (int row = 0; row < ROWS; row++) next[row + 1] += next[row];
  const int64_t end = count + next[ROWS];
  for (int64_t i = 0; i < rules * WORDS; i++)
    for (uint64_t bits = t->held[i]; bits; bits &= bits - 1) {
      const int64_t rule = t->who[i / WORDS], row = i % WORDS * 64 + __builtin_ctzll(bits);
      const int64_t at = count + next[row]++;
      if (at >= found->room) continue;
      found->row[at] = start + row;
      found->rule[at] = t->places[rule];
      found->paid[at] = (uint8_t)pays(t, t->amounts + rule, start + row, found->fen + at);
    }
  return end;
}

/* Who is entitled by which rule, and to how much. Returns how many there are, be there room or
   not; -1 where quotients are too large, -2 where a number is beyond its limits. */
int64_t miaopu_entitled(const Task *t, const Found *found) {
  int64_t count = 0;
  for (int64_t block = 0; block * ROWS < t->rows; block++) {
    const int rows = t->rows - block * ROWS < ROWS ? (int)(t->rows - block * ROWS) : ROWS;
    int64_t some = 0;
    for (int64_t i = 0; i < t->column_count; i++)
      if (!bring(t, i, block * ROWS, rows)) return -2;
    const Near *where = t->region < 0 ? NULL : t->near + t->region;
    for (int64_t one = 0; one < t->rules; one++) {
      const int64_t *place = t->jurisdiction + 2 * one;
      if (where != NULL && (place[0] > where->most || place[1] < where->least)) continue;
      const int entitled = entitles(t, one, block, rows, t->held + some * WORDS);
      if (entitled < 0) return -1;
      if (entitled) t->who[some++] = one;
    }
    count = put(t, block * ROWS, some, count, found);
  }
  return count;
}
