/* The same event loop in C for the six flows of six_flows.yaml: only to time the kernel beside it.

   Written from docs/reference/simulation-kernel.md; the flows are tables of this file. It must come
   to the same integers as the kernel: bench_kernel.py looks before it takes the time. */

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

typedef int64_t i64;
typedef uint64_t u64;

enum { NEWCOMER = 1, DAY = 86400, WEEK = 7 * DAY, ROOM = 4096 };
#define NEVER (-((i64)1 << 62))
#define FOREVER ((i64)1 << 62)

/* World counts, then those of each flow: what bench_kernel.py compares. */
enum { ORDERS, REVENUE, CONTRIBUTION, MESSAGE_COST, OFFER_COST, WORLD };
enum { ENTERED, SENT, HOLDOUT, CONSENT, SUPPRESSED, OFFER, CAP, DELAYED, USED, EXTRA, FLOW };
enum { CART, FOLLOW_UP, REFILL, SECOND_ORDER, THANK_YOU, WIN_BACK, FLOWS };

typedef struct {
    i64 seed, start, end, margin_ppm, fixed_micro, mail_cost;
    i64 zone_changes, months;
    const i64 *zone_moment, *zone_offset, *month_start, *month_length;
    double r, alpha, a, b, p, q, gamma, drift, unsubscribe, redemption, holdout, consent;
    double fatigue[5], rate, added, cart_rate;
    u64 streams[64];
    i64 ranks[32];
} Setting;

enum {
    S_ALIVE, S_LAMBDA, S_DROPOUT_A, S_DROPOUT_B, S_SPEND, S_ARRIVAL, S_GAP, S_COIN, S_VALUE,
    S_CANCEL, S_HOLDOUT, S_CONSENT, S_EXISTING, S_CART,
    S_SLOT,              /* 8 slots: the stream of their candidates */
    S_SLOT_VALUE = S_SLOT + 8,
    S_REDEMPTION = S_SLOT_VALUE + 8,  /* 9 sends */
    S_UNSUBSCRIBE = S_REDEMPTION + 9
};

/* Slots, sends and steps of the flows. */
enum { T_CART, T_FOLLOW, T_REFILL, T_SECOND, T_SECOND_CODE, T_THANKS, T_BACK, T_BACK_CODE, SLOTS };
enum { N_CART, N_FOLLOW, N_REFILL, N_CODE, N_SECOND, N_THANKS, N_RECEIPT, N_BACK_CODE, N_BACK };
enum { COME_BACK, SECOND_CUP, OFFERS };
enum { SEND, WAIT, IF_FIRST, END };

typedef struct { int op, days, send, slot, offer; } Step;

static const Step STEPS[] = {
    {WAIT, 1, 0, 0, 0}, {SEND, 0, N_CART, T_CART, -1}, {END, 0, 0, 0, 0},
    {WAIT, 5, 0, 0, 0}, {SEND, 0, N_FOLLOW, T_FOLLOW, -1}, {END, 0, 0, 0, 0},
    {WAIT, 42, 0, 0, 0}, {SEND, 0, N_REFILL, T_REFILL, -1}, {END, 0, 0, 0, 0},
    {WAIT, 21, 0, 0, 0}, {SEND, 0, N_SECOND, T_SECOND, -1}, {WAIT, 14, 0, 0, 0},
    {SEND, 0, N_CODE, T_SECOND_CODE, SECOND_CUP}, {END, 0, 0, 0, 0},
    {SEND, 0, N_RECEIPT, -1, -1}, {IF_FIRST, 0, 0, 0, 0}, {WAIT, 7, 0, 0, 0},
    {SEND, 0, N_THANKS, T_THANKS, -1}, {END, 0, 0, 0, 0},
    {SEND, 0, N_BACK, T_BACK, -1}, {WAIT, 10, 0, 0, 0},
    {SEND, 0, N_BACK_CODE, T_BACK_CODE, COME_BACK}, {END, 0, 0, 0, 0},
};
static const int FIRST_STEP[FLOWS] = {0, 3, 6, 9, 14, 19};
static const int SLOT_FLOW[SLOTS] = {CART, FOLLOW_UP, REFILL, SECOND_ORDER, SECOND_ORDER, THANK_YOU,
                                     WIN_BACK, WIN_BACK};
static const i64 AGAIN[FLOWS] = {14, 90, 0, -1, 0, 180}; /* days; -1 once, 0 always */
static const i64 PERCENT[OFFERS] = {200000, 100000}, MINIMUM[OFFERS] = {3000, 0};
static const i64 WINDOW = 14 * DAY;

typedef struct { i64 moment, rank, order, kind, a, b, c; } Event;
typedef struct { i64 active, flow, key, number, step, token, planned, entry; } Run;
typedef struct { i64 begun, until, slot, pending, count, entry; double size, peak, clock; } Effect;
enum { BASELINE, CANDIDATE, LAPSE, PAST, UNLAGGED, CARTED, DUE };

typedef struct {
    const Setting *o;
    u64 person, draw;
    i64 events, sequence, runs, run_number, order_number, orders, last_order, stamp, logged, effects;
    i64 suppressed, held_out, alive, consents;
    double buying, dropout, spend, clock, cart_clock;
    i64 entries[FLOWS], last_entry[FLOWS];
    i64 live_until[OFFERS], will_use[OFFERS], issued[OFFERS], of_flow[OFFERS];
    Event queue[ROOM];
    Run run[ROOM];
    Effect effect[ROOM];
    i64 log[4 * ROOM];
    i64 *out;
} Life;

static inline void block(u64 k0, u64 k1, u64 c0, u64 c1, u64 c2, u64 c3, u64 w[4]) {
    for (int i = 0; i < 10; i++) {
        unsigned __int128 p0 = (unsigned __int128)0xD2E7470EE14C6C93u * c0;
        unsigned __int128 p1 = (unsigned __int128)0xCA5A826395121157u * c2;
        u64 n0 = (u64)(p1 >> 64) ^ c1 ^ k0, n2 = (u64)(p0 >> 64) ^ c3 ^ k1;
        c1 = (u64)p1, c3 = (u64)p0, c0 = n0, c2 = n2;
        k0 += 0x9E3779B97F4A7C15u, k1 += 0xBB67AE8584CAA73Bu;
    }
    w[0] = c0, w[1] = c1, w[2] = c2, w[3] = c3;
}

static inline double unit(u64 word) { return ((double)(word >> 11) + 0.5) * 0x1p-53; }

static double uniform(Life *l, int stream, i64 counter, int word) {
    u64 w[4];
    block((u64)l->o->seed, l->draw, l->person, l->o->streams[stream], (u64)counter, 0, w);
    return unit(w[word]);
}

static double gamma_draw(Life *l, int stream, i64 counter, double shape) {
    double a = shape < 1.0 ? shape + 1.0 : shape, d = a - 1.0 / 3.0, c = 1.0 / sqrt(9.0 * d);
    for (u64 attempt = 0;; attempt++) {
        u64 w[4];
        block((u64)l->o->seed, l->draw, l->person, l->o->streams[stream], (u64)counter, attempt, w);
        double v1 = 2.0 * unit(w[0]) - 1.0, v2 = 2.0 * unit(w[1]) - 1.0, s = v1 * v1 + v2 * v2;
        if (!(0.0 < s && s < 1.0)) continue;
        double z = v1 * sqrt(-2.0 * log(s) / s), t = 1.0 + c * z;
        if (!(t > 0.0)) continue;
        double v = t * t * t;
        if (log(unit(w[2])) < 0.5 * z * z + d - d * v + d * log(v)) {
            double value = d * v;
            return shape < 1.0 ? value * exp(log(unit(w[3])) / shape) : value;
        }
    }
}

static double beta_draw(Life *l, double a, double b) {
    double first = gamma_draw(l, S_DROPOUT_A, 0, a), second = gamma_draw(l, S_DROPOUT_B, 0, b);
    return first + second > 0.0 ? first / (first + second) : a / (a + b);
}

/* Local time: one zone. */
static i64 offset_at(const Setting *o, i64 moment) {
    i64 last = o->zone_changes - 1;
    while (last > 0 && o->zone_moment[last] > moment) last--;
    return o->zone_offset[last];
}

static i64 to_utc(const Setting *o, i64 local) {
    i64 before = offset_at(o, local - DAY), early = local - before;
    if (offset_at(o, early) == before) return early;
    i64 late = local - offset_at(o, local + DAY);
    return offset_at(o, late) == local - late ? late : early;
}

static i64 add_days(const Setting *o, i64 moment, i64 days) {
    return to_utc(o, moment + offset_at(o, moment) + days * DAY);
}

static i64 end_of_day(const Setting *o, i64 moment) {
    return to_utc(o, ((moment + offset_at(o, moment)) / DAY + 1) * DAY);
}

/* The end of the quiet hours, 21:00 to 08:00, that a moment lies in, or the moment. */
static i64 after_quiet(const Setting *o, i64 moment) {
    i64 local = moment + offset_at(o, moment), second = local % DAY, end = 8 * 3600;
    if (second >= end && second < 21 * 3600) return moment;
    i64 target = local - second + end;
    if (target <= local) target += DAY;
    i64 next = to_utc(o, target);
    return next > moment ? next : target - offset_at(o, moment);
}

static void schedule(Life *l, i64 moment, i64 rank, i64 kind, i64 a, i64 b, i64 c) {
    if (moment >= l->o->end) return;
    if (l->events >= ROOM) abort();
    l->queue[l->events++] = (Event){moment, rank, l->sequence++, kind, a, b, c};
}

static Event take(Life *l) {
    i64 best = 0;
    for (i64 i = 1; i < l->events; i++) {
        const Event *x = &l->queue[i], *y = &l->queue[best];
        if (x->moment != y->moment ? x->moment < y->moment
            : x->rank != y->rank   ? x->rank < y->rank
                                   : x->order < y->order)
            best = i;
    }
    Event found = l->queue[best];
    l->queue[best] = l->queue[--l->events];
    return found;
}

static void due(Life *l, i64 r, i64 moment) {
    Run *run = &l->run[r];
    schedule(l, moment, l->o->ranks[run->step], DUE, r, run->number, ++run->token);
}

static void next_baseline(Life *l, i64 n) {
    if (!(l->buying > 0.0)) return;
    l->clock += -log(uniform(l, S_GAP, n, 0)) / l->buying * (double)DAY;
    if (l->clock < (double)(l->o->end - l->o->start))
        schedule(l, l->o->start + (i64)floor(l->clock), 0, BASELINE, n, 0, 0);
}

static void next_cart(Life *l, i64 n) {
    double rate = l->o->cart_rate * l->buying;
    if (!l->alive || !(rate > 0.0)) return;
    l->cart_clock += -log(uniform(l, S_CART, n, 0)) / rate * (double)DAY;
    if (l->cart_clock < (double)(l->o->end - l->o->start))
        schedule(l, l->o->start + (i64)floor(l->cart_clock), 1, UNLAGGED, n, 0, 0);
}

static void lapse(Life *l, i64 now) {
    i64 at = add_days(l->o, l->last_order, 120);
    if (l->stamp > 0 || at >= l->o->start)
        schedule(l, at > now ? at : now, 2, LAPSE, l->stamp, 0, 0);
}

static i64 value_of(Life *l, int stream, i64 counter) {
    double value = gamma_draw(l, stream, counter, l->o->p) / l->spend + 0.5;
    if (!(value < 1e9)) return 1000000000;
    i64 whole = (i64)floor(value);
    return whole > 1 ? whole : 1;
}

/* Effects. */
static void next_candidate(Life *l, i64 x) {
    Effect *e = &l->effect[x];
    e->pending = 0;
    double intensity = e->slot < T_BACK ? l->buying * e->size : e->size;
    if (!(intensity > 0.0)) return;
    i64 counter = e->entry * (1 << 20) + e->count++;
    e->clock += -log(uniform(l, S_SLOT + (int)e->slot, counter, 0)) / intensity * (double)DAY;
    if (e->clock >= (double)WINDOW) return;
    e->pending = 1;
    schedule(l, e->begun + (i64)floor(e->clock), 0, CANDIDATE, x, counter, 0);
}

static void begin(Life *l, i64 slot, i64 moment, i64 entry) {
    double peak = slot < T_BACK ? l->o->rate - 1.0
                                : l->o->added / 1000.0 / ((double)WINDOW / (double)DAY);
    if (peak == 0.0) return;
    i64 sent = 0;
    for (i64 i = l->logged - 1; i >= 0 && sent < 5 && l->log[i] > moment - WINDOW; i--) sent++;
    double phi = l->o->fatigue[sent - 1];
    i64 kept = 0;
    for (i64 x = 0; x < l->effects; x++) {
        if (l->effect[x].until <= moment && !l->effect[x].pending) continue;
        if (kept != x) {
            l->effect[kept] = l->effect[x];
            for (i64 i = 0; i < l->events; i++)
                if (l->queue[i].kind == CANDIDATE && l->queue[i].a == x) l->queue[i].a = kept;
        }
        kept++;
    }
    if (kept >= ROOM) abort();
    l->effects = kept + 1;
    l->effect[kept] = (Effect){moment, moment + WINDOW, slot, 0, 0, entry,
                               peak > 0.0 ? peak * phi : peak, peak, 0.0};
    next_candidate(l, kept);
}

static void totals(Life *l, i64 moment, int rates, double *net, double *positive) {
    double sum = 0.0, gains = 0.0, peak = 0.0;
    for (i64 x = 0; x < l->effects; x++) {
        const Effect *e = &l->effect[x];
        if ((e->slot < T_BACK) != rates || moment < e->begun || moment >= e->until) continue;
        sum += e->size;
        if (e->size > 0.0) gains += e->size;
        if (e->peak > peak) peak = e->peak;
    }
    *net = rates && sum > peak ? peak : sum;
    *positive = gains;
}

/* Messages. */
static void issue(Life *l, i64 flow, int offer, int send, i64 entry, i64 moment) {
    if (l->live_until[offer] > moment) return;
    l->live_until[offer] = end_of_day(l->o, add_days(l->o, moment, 14));
    l->will_use[offer] = uniform(l, S_REDEMPTION + send, entry, 0) < l->o->redemption;
    l->issued[offer]++;
    l->of_flow[offer] = flow;
}

static i64 *of_flow(Life *l, i64 flow) { return l->out + 2 * WORLD + flow * FLOW; }

/* Returns 1 when sent, 0 when dropped, else when to try again. */
static i64 try_to_send(Life *l, Run *run, const Step *step, i64 moment) {
    const Setting *o = l->o;
    i64 *count = of_flow(l, run->flow);
    int marketing = step->slot >= 0;
    if (run->planned == NEVER) run->planned = moment;
    if (marketing) {
        int held = l->held_out ? HOLDOUT : !l->consents ? CONSENT : l->suppressed ? SUPPRESSED : -1;
        if (held < 0 && step->offer >= 0 && l->live_until[step->offer] <= moment &&
            l->issued[step->offer] > 0)
            held = OFFER;
        if (held >= 0) return count[held]++, 0;
        i64 later = after_quiet(o, moment);
        if (later > moment) return count[DELAYED]++, later;
        if (l->logged >= 3 && l->log[l->logged - 3] > moment - WEEK) {
            later = l->log[l->logged - 3] + WEEK;
            if (later > add_days(o, run->planned, 3)) return count[CAP]++, 0;
            return count[DELAYED]++, later;
        }
    }
    count[SENT]++;
    l->out[WORLD + MESSAGE_COST] += o->mail_cost;
    if (!marketing) return 1;
    if (l->logged >= 4 * ROOM) abort();
    l->log[l->logged++] = moment;
    if (step->offer >= 0) issue(l, run->flow, step->offer, step->send, run->entry, moment);
    begin(l, step->slot, moment, run->entry);
    if (uniform(l, S_UNSUBSCRIBE + step->send, run->entry, 0) < o->unsubscribe) l->suppressed = 1;
    return 1;
}

static void proceed(Life *l, i64 r, i64 moment) {
    Run *run = &l->run[r];
    for (;; run->step++) {
        const Step *step = &STEPS[run->step];
        if (step->op == END) {
            run->active = 0;
            return;
        } else if (step->op == SEND) {
            i64 later = try_to_send(l, run, step, moment);
            if (later > 1) return due(l, r, later);
            run->planned = NEVER;
        } else if (step->op == WAIT) {
            run->step++;
            return due(l, r, add_days(l->o, moment, step->days));
        } else if (l->orders != 1) {
            run->active = 0; /* what follows is the end */
            return;
        }
    }
}

static void try_entry(Life *l, int flow, i64 key, i64 moment) {
    for (i64 r = 0; r < l->runs; r++)
        if (l->run[r].active && l->run[r].flow == flow && l->run[r].key == key) return;
    i64 last = l->last_entry[flow];
    if (last != NEVER && AGAIN[flow] < 0) return;
    if (last != NEVER && AGAIN[flow] > 0 && moment < add_days(l->o, last, AGAIN[flow])) return;
    if (flow == SECOND_ORDER && l->orders != 1) return;
    if (flow == REFILL && l->orders < 2) return;
    i64 r = 0;
    while (r < l->runs && l->run[r].active) r++;
    if (r == l->runs && ++l->runs > ROOM) abort();
    l->last_entry[flow] = moment;
    of_flow(l, flow)[ENTERED]++;
    l->run[r] = (Run){1, flow, key, l->run_number++, FIRST_STEP[flow], 0, NEVER,
                      l->entries[flow]++};
    due(l, r, moment);
}

/* Orders. */
static i64 contribution(const Setting *o, i64 value) {
    return value * o->margin_ppm / 100 - o->fixed_micro;
}

static void ordered(Life *l, i64 value, i64 moment) {
    i64 best = -1, cost = -1;
    for (int k = 0; k < OFFERS; k++) {
        if (l->live_until[k] <= moment || !l->will_use[k] || value < MINIMUM[k]) continue;
        i64 off = (value * PERCENT[k] + 500000) / 1000000;
        if (off > cost) best = k, cost = off;
    }
    if (best < 0) {
        cost = 0;
    } else {
        if (cost > value) cost = value;
        l->live_until[best] = NEVER;
        l->out[WORLD + OFFER_COST] += cost;
        of_flow(l, l->of_flow[best])[USED]++;
    }
    l->out[WORLD + ORDERS]++;
    l->out[WORLD + REVENUE] += value - cost;
    l->out[WORLD + CONTRIBUTION] += contribution(l->o, value);
    i64 number = l->order_number++;
    l->orders++;
    l->last_order = moment;
    l->stamp++;
    lapse(l, moment);
    for (i64 r = 0; r < l->runs; r++) {
        i64 flow = l->run[r].flow;
        if (flow != FOLLOW_UP && flow != THANK_YOU) l->run[r].active = 0;
    }
    for (int flow = FOLLOW_UP; flow <= THANK_YOU; flow++) try_entry(l, flow, number, moment);
}

static void baseline(Life *l, i64 n, i64 moment, int tosses) {
    i64 value = value_of(l, S_VALUE, n);
    l->out[ORDERS]++;
    l->out[REVENUE] += value;
    l->out[CONTRIBUTION] += contribution(l->o, value);
    double rates, added, gains;
    totals(l, moment, 1, &rates, &gains);
    totals(l, moment, 0, &added, &gains);
    int cancelled = 0;
    if (rates < 0.0 || added < 0.0) {
        double c1 = fmin(1.0, fmax(0.0, -rates)), c2 = fmin(1.0, fmax(0.0, -added) / l->buying);
        cancelled = uniform(l, S_CANCEL, n, 0) < 1.0 - (1.0 - c1) * (1.0 - c2);
    }
    if (tosses && uniform(l, S_COIN, n, 0) < l->dropout)
        l->alive = 0;
    else
        next_baseline(l, n + 1);
    if (!cancelled) ordered(l, value, moment);
}

static void candidate(Life *l, i64 x, i64 counter, i64 moment) {
    Effect *e = &l->effect[x];
    i64 slot = e->slot;
    int rates = slot < T_BACK;
    if (rates && !l->alive) {
        e->pending = 0;
        return;
    }
    double net, positive;
    totals(l, moment, rates, &net, &positive);
    double u = uniform(l, S_SLOT + (int)slot, counter, 1);
    next_candidate(l, x);
    if (!(u < fmax(0.0, net) / positive)) return;
    of_flow(l, SLOT_FLOW[slot])[EXTRA]++;
    ordered(l, value_of(l, S_SLOT_VALUE + (int)slot, counter), moment);
}

/* Everybody for one draw; `out` is that of WORLD twice, then of the flows. */
void six_flows(const Setting *o, i64 people, const u64 *key, const int8_t *kind, const i64 *x_of,
               const double *t_x_of, const double *T_of, const i64 *repeat, const i64 *orders,
               const i64 *last, const i64 *month, i64 *out) {
    Life *l = malloc(sizeof(Life));
    l->o = o, l->draw = 0, l->out = out;
    for (i64 i = 0; i < people; i++) {
        int new = kind[i] == NEWCOMER;
        double x = (double)x_of[i];
        l->person = key[i];
        l->events = l->sequence = l->runs = l->run_number = l->order_number = l->stamp = 0;
        l->logged = l->effects = l->suppressed = 0;
        l->orders = orders[i], l->last_order = last[i];
        for (int k = 0; k < FLOWS; k++) l->entries[k] = 0, l->last_entry[k] = NEVER;
        for (int k = 0; k < OFFERS; k++) l->live_until[k] = NEVER, l->issued[k] = 0;
        double shape = new ? o->q : o->q + o->p * x;
        l->spend = gamma_draw(l, S_SPEND, 0, shape) / (new ? o->gamma : o->gamma + (double)repeat[i]);
        i64 born = o->start;
        l->alive = 0, l->dropout = 1.0;
        if (new) {
            l->alive = 1;
            l->buying = gamma_draw(l, S_LAMBDA, 0, o->r) / o->alpha * o->drift;
            l->dropout = beta_draw(l, o->a, o->b);
            double u = uniform(l, S_ARRIVAL, 0, 0);
            born = o->month_start[month[i]] + (i64)floor(u * (double)o->month_length[month[i]]);
            if (born >= o->end) continue;
        } else {
            double observed = T_of[i], weight = 0.0;
            if (x > 0.0) {
                double odds = (o->alpha + observed) / (o->alpha + t_x_of[i]);
                weight = o->a / (o->b + x - 1.0) * exp((o->r + x) * log(odds));
            }
            if (uniform(l, S_ALIVE, 0, 0) < 1.0 / (1.0 + weight)) {
                l->alive = 1;
                l->dropout = beta_draw(l, o->a, o->b + x);
            } else {
                observed = t_x_of[i];
            }
            l->buying = gamma_draw(l, S_LAMBDA, 0, o->r + x) / (o->alpha + observed) * o->drift;
        }
        l->consents = uniform(l, S_CONSENT, 0, 0) < o->consent;
        u64 w[4];
        block(0, 0, l->person, o->streams[S_HOLDOUT], 0, 0, w);
        l->held_out = unit(w[0]) < o->holdout;
        if (new) {
            l->clock = (double)(born - o->start);
            schedule(l, born, 0, BASELINE, 0, 0, 0);
        } else {
            lapse(l, o->start);
            if (add_days(o, l->last_order, 120) < o->start) {
                double u = uniform(l, S_EXISTING, 0, 0);
                schedule(l, o->start + (i64)floor(u * (double)(28 * DAY)), 2, PAST, 0, 0, 0);
            }
            l->clock = 0.0;
            if (l->alive) next_baseline(l, 0);
        }
        l->cart_clock = (double)(born - o->start);
        next_cart(l, 0);
        while (l->events) {
            Event e = take(l);
            if (e.kind == DUE) {
                Run *run = &l->run[e.a];
                if (run->active && run->number == e.b && run->token == e.c)
                    proceed(l, e.a, e.moment);
            } else if (e.kind == BASELINE) {
                baseline(l, e.a, e.moment, !new || e.a > 0);
            } else if (e.kind == CANDIDATE) {
                candidate(l, e.a, e.b, e.moment);
            } else if (e.kind == UNLAGGED) {
                if (l->alive) {
                    next_cart(l, e.a + 1);
                    schedule(l, e.moment, 1, CARTED, e.a, 0, 0);
                }
            } else if (e.kind == CARTED) {
                try_entry(l, CART, e.a, e.moment);
            } else if (e.a == l->stamp) {  /* the lapse timer, or those that had passed it */
                try_entry(l, WIN_BACK, -1, e.moment);
            }
        }
    }
    free(l);
}
