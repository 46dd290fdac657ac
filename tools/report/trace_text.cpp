#include "tools/report/trace_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <optional>

#include "tools/report/sleepers_text.h"
#include "tools/report/table.h"

namespace wakesim {
namespace {

// How much of an execution its table shows.
struct Fit {
  int gap = 2;
  std::size_t objects = 0;  // Columns of objects: so many, the most important first.
  bool has_arguments = true;
  bool has_notes = true;
};

// The local that `waiter.s` names, if it belongs to this thread.
std::optional<std::string> local_of(const std::string& thread, const std::string& object) {
  if (object.size() <= thread.size() + 1 || !object.starts_with(thread) ||
      object[thread.size()] != '.') {
    return std::nullopt;
  }
  return object.substr(thread.size() + 1);
}

// "futex_wait(seq, s)" as "futex_wait", "n = drain(jobs)" as "n = drain"; other lines unchanged.
std::string without_arguments(const std::string& line) {
  const std::size_t open = line.find('(');
  if (open == std::string::npos || open == 0 || line.back() != ')') return line;
  const std::string head = line.substr(0, open);
  const std::size_t name =
      head.find_last_not_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_");
  const bool is_call = name == std::string::npos || (name >= 2 && head.substr(name - 1, 2) == "= ");
  return is_call ? head : line;
}

bool has_word(const std::string& text, const std::string& word) {
  const auto is_part = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
  };
  for (std::size_t at = text.find(word); at != std::string::npos; at = text.find(word, at + 1)) {
    const std::size_t end = at + word.size();
    if ((at == 0 || !is_part(text[at - 1])) && (end == text.size() || !is_part(text[end]))) {
      return true;
    }
  }
  return false;
}

// A wake as its target's column shows it. What it found is said in words; the line leads to the
// waker's column.
TableCell wake_cell(const TraceWake& wake, Ink waker, bool was_decisive) {
  switch (wake.kind) {
    case TraceWake::Kind::Woke:
      return {Text("  ←── woken ", waker), "─", waker};
    case TraceWake::Kind::WokeNobody: {
      const Ink ink = was_decisive ? Ink::Bad : Ink::Faint;
      return {Text("  ⊘╌╌╌ nobody queued ", ink), "╌", ink};
    }
    case TraceWake::Kind::WokeRunning: {
      const Ink ink = was_decisive ? Ink::Bad : Ink::Faint;
      return {Text("  ⊘╌╌╌ was not asleep ", ink), "╌", ink};
    }
  }
  return {};
}

class TraceTable {
 public:
  TraceTable(const Subject& subject, const Trace& trace, const TraceFinding& finding,
             const CpuBands& bands)
      : subject_(subject), trace_(trace), finding_(finding), bands_(bands) {
    // Step, then time and CPUs.
    if (!bands_.empty()) lead_ += 1 + bands_.front().size();
    choose_threads();
    choose_objects();
  }

  // From all that there is to as little as makes sense.
  std::vector<Fit> fits() const;
  Table columns(const Fit& fit) const;
  Table list() const;

 private:
  void choose_threads();
  void choose_objects();
  bool is_named_in_finding(const std::string& object) const;
  std::size_t color_of(const std::string& thread) const;
  bool is_decisive(const TraceStep& step) const {
    return finding_.doomed_at != 0 && step.number == finding_.doomed_at;
  }

  Text step_text(std::size_t step, bool has_arguments) const;
  std::string held_locals(std::size_t step) const;
  void add_lead_columns(Table& table) const;
  std::vector<TableCell> lead_cells(std::size_t at) const;
  void place_wakes(const TraceStep& step, std::vector<TableCell>& cells) const;
  TableCell number_cell(const TraceStep& step) const;
  std::vector<TableCell> sleeping_row() const;
  std::string actor_thread(const TraceStep& step) const;

  const Subject& subject_;
  const Trace& trace_;
  const TraceFinding& finding_;
  const CpuBands& bands_;
  std::size_t lead_ = 1;              // How many columns stand before those of the threads.
  std::vector<std::size_t> threads_;  // Those with a column, as indices into trace.threads.
  std::vector<std::size_t> objects_;  // Those with a column, as indices into trace.initial,
                                      // the most important first.
  std::size_t named_ = 0;             // How many of them the finding names.
};

std::string TraceTable::actor_thread(const TraceStep& step) const {
  const std::size_t thread = index(step.move.actor.thread);
  return thread < trace_.threads.size() ? trace_.threads[thread] : step.actor;
}

// Threads that nothing happens to have no column.
void TraceTable::choose_threads() {
  for (std::size_t i = 0; i < trace_.threads.size(); ++i) {
    const std::string& name = trace_.threads[i];
    bool takes_part = name == finding_.thread ||
                      std::find(finding_.sleepers.begin(), finding_.sleepers.end(), name) !=
                          finding_.sleepers.end();
    for (const TraceStep& step : trace_.steps) {
      takes_part |= index(step.move.actor.thread) == i;
      for (const TraceWake& wake : step.wakes) takes_part |= wake.thread == name;
    }
    if (takes_part) threads_.push_back(i);
  }
}

// Objects that never change say nothing, unless the finding is about one.
void TraceTable::choose_objects() {
  for (std::size_t i = 0; i < trace_.initial.size(); ++i) {
    const std::string& name = trace_.initial[i].object;
    bool is_shown = name == finding_.object;
    for (const TraceStep& step : trace_.steps) {
      for (const ObjectValue& value : step.changed) is_shown |= value.object == name;
    }
    if (is_shown) objects_.push_back(i);
  }
  const auto is_named = [this](std::size_t i) {
    return is_named_in_finding(trace_.initial[i].object);
  };
  const auto others = std::stable_partition(objects_.begin(), objects_.end(), is_named);
  named_ = static_cast<std::size_t>(others - objects_.begin());
  // A number takes less room than a list and says more in it.
  std::stable_partition(others, objects_.end(),
                        [this](std::size_t i) { return trace_.initial[i].is_number; });
}

// The object that the finding is about, who waits for it, and what its sentence speaks of.
bool TraceTable::is_named_in_finding(const std::string& object) const {
  if (object == finding_.object || object == "queue of " + finding_.object) return true;
  return has_word(finding_.sentence, object);
}

// What the finding does not name goes first, then arguments of calls and notes. What fits again
// without arguments comes back.
std::vector<Fit> TraceTable::fits() const {
  std::vector<Fit> fits{{.gap = 2, .objects = objects_.size()}};
  const auto add = [&fits](std::size_t most, std::size_t least, bool arguments, bool notes) {
    for (std::size_t objects = most + 1; objects-- > least;) {
      fits.push_back(
          {.gap = 1, .objects = objects, .has_arguments = arguments, .has_notes = notes});
    }
  };
  add(objects_.size(), named_, true, true);
  add(objects_.size(), named_, false, true);
  add(objects_.size(), named_, false, false);
  return fits;
}

std::size_t TraceTable::color_of(const std::string& thread) const {
  const auto found = std::find(trace_.threads.begin(), trace_.threads.end(), thread);
  return static_cast<std::size_t>(found - trace_.threads.begin());
}

// "L14 futex_wait(seq, s) → asleep". Later steps of one call show only where the kernel is.
Text TraceTable::step_text(std::size_t at, bool has_arguments) const {
  const TraceStep& step = trace_.steps[at];
  const std::string label = line_label(subject_, step.where);

  bool is_continued = false;
  for (std::size_t before = at; before-- > 0;) {
    const TraceStep& earlier = trace_.steps[before];
    if (!(earlier.move.actor == step.move.actor)) continue;
    is_continued = !step.phase.empty() && earlier.result.empty() && earlier.where == step.where;
    break;
  }

  Text text;
  if (!label.empty()) text.add(label, thread_ink(index(step.move.actor.thread))).add(" ");
  if (is_continued) {
    text.add("  ").add(step.phase);
  } else {
    text.add(has_arguments ? step.text : without_arguments(step.text));
    if (!step.phase.empty()) text.add(": ").add(step.phase);
  }
  if (!step.result.empty()) text.add(" → ").add(step.result);
  return text;
}

// What the thread that is just being preempted has loaded since it was last scheduled.
std::string TraceTable::held_locals(std::size_t at) const {
  if (at == 0 || !trace_.steps[at].is_preemption) return "";
  const Actor preempted = trace_.steps[at - 1].move.actor;
  if (preempted.kind != ActorKind::Thread) return "";
  const std::string thread = actor_thread(trace_.steps[at - 1]);

  std::map<std::string, std::string> held;
  for (std::size_t i = at; i-- > 0 && trace_.steps[i].move.actor == preempted;) {
    for (const ObjectValue& value : trace_.steps[i].changed) {
      if (const auto local = local_of(thread, value.object)) held.emplace(*local, value.shown);
    }
  }
  std::string text;
  for (const auto& [local, value] : held) {
    text += fmt::format("{}{} = {}", text.empty() ? "holds " : ", ", local, value);
  }
  return text;
}

void TraceTable::add_lead_columns(Table& table) const {
  table.columns.push_back({Text("step", Ink::Faint), TableColumn::Align::Right});
  if (bands_.empty()) return;
  table.columns.push_back({Text("ns", Ink::Faint), TableColumn::Align::Right});
  for (std::size_t cpu = 0; cpu < bands_.front().size(); ++cpu) {
    table.columns.push_back({Text(fmt::format("{}", cpu), Ink::Faint), TableColumn::Align::Left});
  }
}

// A row up to its threads, whose cells are still empty.
std::vector<TableCell> TraceTable::lead_cells(std::size_t at) const {
  std::vector<TableCell> cells(lead_ + threads_.size());
  cells[0] = number_cell(trace_.steps[at]);
  if (at >= bands_.size()) return cells;
  cells[1] = {Text(grouped(static_cast<std::uint64_t>(trace_.steps[at].time_ns)))};
  for (std::size_t cpu = 0; cpu < bands_[at].size(); ++cpu) {
    if (bands_[at][cpu] == 0) continue;
    const std::size_t thread = bands_[at][cpu] - 1;
    cells[2 + cpu] = {Text(std::string(thread_shape(thread)), thread_ink(thread))};
  }
  return cells;
}

// `cells` are those of a row.
void TraceTable::place_wakes(const TraceStep& step, std::vector<TableCell>& cells) const {
  const std::string actor = actor_thread(step);
  for (const TraceWake& wake : step.wakes) {
    const std::string& target = wake.thread.empty() ? finding_.thread : wake.thread;
    if (target == actor) continue;
    for (std::size_t i = 0; i < threads_.size(); ++i) {
      if (trace_.threads[threads_[i]] != target) continue;
      cells[lead_ + i] = wake_cell(wake, thread_ink(color_of(actor)), is_decisive(step));
    }
  }
}

TableCell TraceTable::number_cell(const TraceStep& step) const {
  return {Text(fmt::format("{}", step.number), is_decisive(step) ? Ink::Bad : Ink::Plain)};
}

std::vector<TableCell> TraceTable::sleeping_row() const {
  std::vector<TableCell> row(lead_ + threads_.size());
  bool has_any = false;
  for (std::size_t i = 0; i < threads_.size(); ++i) {
    const std::string& name = trace_.threads[threads_[i]];
    if (std::find(finding_.sleepers.begin(), finding_.sleepers.end(), name) ==
        finding_.sleepers.end()) {
      continue;
    }
    const bool is_for_ever = name == finding_.thread || finding_.property == "no-deadlock";
    row[lead_ + i].text =
        is_for_ever ? Text("    ░ asleep for ever", Ink::Bad) : Text("    ░ asleep", Ink::Faint);
    has_any = true;
  }
  return has_any ? row : std::vector<TableCell>{};
}

Table TraceTable::columns(const Fit& fit) const {
  Table table;
  table.gap = fit.gap;
  table.has_rule = true;
  add_lead_columns(table);
  for (const std::size_t thread : threads_) {
    Text title(std::string(thread_shape(thread)), thread_ink(thread));
    table.columns.push_back(
        {title.add(" " + trace_.threads[thread], thread_ink(thread)), TableColumn::Align::Left});
  }

  const std::vector<std::size_t> objects(
      objects_.begin(), objects_.begin() + static_cast<std::ptrdiff_t>(fit.objects));
  for (const std::size_t object : objects) {
    const ObjectValue& value = trace_.initial[object];
    table.columns.push_back({Text(value.object, Ink::Faint), value.is_number
                                                                 ? TableColumn::Align::Right
                                                                 : TableColumn::Align::Left});
  }
  table.columns.push_back({});  // The mark of the step that decided it.

  std::map<std::string, std::string> values;
  for (const ObjectValue& value : trace_.initial) values[value.object] = value.shown;
  const auto append_values = [&](std::vector<TableCell>& row, const TraceStep* step) {
    for (const std::size_t object : objects) {
      const std::string& name = trace_.initial[object].object;
      const bool has_changed =
          step != nullptr &&
          std::any_of(step->changed.begin(), step->changed.end(),
                      [&name](const ObjectValue& value) { return value.object == name; });
      row.push_back({Text(values[name], has_changed ? Ink::Strong : Ink::Faint)});
    }
  };

  if (!objects.empty()) {
    std::vector<TableCell> first(lead_ + threads_.size());
    append_values(first, nullptr);
    table.rows.push_back(std::move(first));
  }
  for (std::size_t at = 0; at < trace_.steps.size(); ++at) {
    const TraceStep& step = trace_.steps[at];
    for (const ObjectValue& value : step.changed) values[value.object] = value.shown;

    std::vector<TableCell> row = lead_cells(at);
    for (std::size_t i = 0; i < threads_.size(); ++i) {
      if (threads_[i] == index(step.move.actor.thread)) {
        row[lead_ + i].text = step_text(at, fit.has_arguments);
      } else if (fit.has_notes && at > 0 &&
                 threads_[i] == index(trace_.steps[at - 1].move.actor.thread)) {
        const std::string held = held_locals(at);
        if (!held.empty()) row[lead_ + i].text = Text("    " + held, Ink::Faint);
      }
    }
    place_wakes(step, row);
    append_values(row, &step);
    if (is_decisive(step)) row.push_back({Text("◀", Ink::Bad)});
    table.rows.push_back(std::move(row));
  }
  if (auto row = sleeping_row(); !row.empty()) table.rows.push_back(std::move(row));
  return table;
}

// One column for all threads: who, the line, what changed.
Table TraceTable::list() const {
  Table table;
  table.gap = 1;
  table.has_rule = true;
  add_lead_columns(table);
  for (const char* title : {"actor", "line", "changes", ""}) {
    table.columns.push_back({Text(title, Ink::Faint)});
  }
  for (std::size_t at = 0; at < trace_.steps.size(); ++at) {
    const TraceStep& step = trace_.steps[at];
    const std::size_t thread = index(step.move.actor.thread);
    const Ink ink = thread_ink(thread);

    Text changes;
    const auto append = [&changes](const std::string& text, Ink how) {
      if (!changes.is_empty()) changes.add(", ");
      changes.add(text, how);
    };
    for (const TraceWake& wake : step.wakes) {
      switch (wake.kind) {
        case TraceWake::Kind::Woke:
          append("wakes " + wake.thread, Ink::Plain);
          break;
        case TraceWake::Kind::WokeNobody:
          append("⊘ nobody queued", is_decisive(step) ? Ink::Bad : Ink::Faint);
          break;
        case TraceWake::Kind::WokeRunning:
          append("⊘ " + wake.thread + " was not asleep", is_decisive(step) ? Ink::Bad : Ink::Faint);
          break;
      }
    }
    for (const ObjectValue& value : step.changed) {
      append(value.object + " = " + value.shown, Ink::Strong);
    }
    Text actor(std::string(thread_shape(thread)), ink);
    actor.add(" " + step.actor, ink);
    std::vector<TableCell> row = lead_cells(at);
    row.resize(lead_);
    row.insert(row.end(), {{actor}, {step_text(at, false)}, {changes}});
    if (is_decisive(step)) row.push_back({Text("◀", Ink::Bad)});
    table.rows.push_back(std::move(row));
  }
  for (const std::string& sleeper : finding_.sleepers) {
    const std::size_t thread = color_of(sleeper);
    const bool is_for_ever = sleeper == finding_.thread || finding_.property == "no-deadlock";
    Text actor(std::string(thread_shape(thread)), thread_ink(thread));
    actor.add(" " + sleeper, thread_ink(thread));
    std::vector<TableCell> row(lead_);
    row.push_back({actor});
    row.push_back(
        {is_for_ever ? Text("░ asleep for ever", Ink::Bad) : Text("░ asleep", Ink::Faint)});
    table.rows.push_back(std::move(row));
  }
  return table;
}

TraceFinding finding_of(const CheckResult& result) {
  TraceFinding finding;
  if (result.violations.empty()) return finding;
  const Violation& headline = result.violations.front();
  finding.property = headline.property;
  finding.thread = headline.thread;
  finding.object = headline.object;
  finding.sentence = headline.sentence;
  finding.doomed_at = headline.doomed_at;
  for (const Sleeper& sleeper : result.sleepers) finding.sleepers.push_back(sleeper.thread);
  return finding;
}

}  // namespace

std::string render_trace(const Subject& subject, const Trace& trace, const TraceFinding& finding,
                         const Page& page, const CpuBands& bands) {
  if (trace.steps.empty()) return "no step was taken\n";
  const TraceTable source(subject, trace, finding, bands);
  for (const Fit& fit : source.fits()) {
    const Table table = source.columns(fit);
    if (table_width(table, page) <= page.width) return render(table, page);
  }
  Table table = source.list();
  const std::size_t actor = table.columns.size() - 4;
  for (const int least : {12, 8}) {
    cut_column(table, actor + 2, least, page);
    cut_column(table, actor + 1, least, page);
  }
  cut_column(table, actor, 6, page);
  return render(table, page);
}

std::string render_counterexample(const Subject& subject, const CheckResult& result,
                                  const Page& page) {
  std::string text;
  if (!result.violations.empty()) {
    const Violation& headline = result.violations.front();
    for (const Text& line : wrap(Text(headline.sentence, Ink::Strong), page.width)) {
      text += render(line, page) + '\n';
    }
    Text verdict(std::string(verdict_name(result.verdict)), Ink::Bad);
    verdict.add("  ").add(finding_name(headline.property), Ink::Strong);
    for (const Text& line : wrap(verdict.add("   ").add(full_title(subject)), page.width)) {
      text += render(line, page) + '\n';
    }
  }
  text += '\n';

  const TraceFinding finding = finding_of(result);
  if (const std::string table = render_sleepers(subject, result, page); !table.empty()) {
    text += table + '\n';
  }
  if (result.counterexample) {
    text += render_trace(subject, *result.counterexample, finding, page) + '\n';
  }

  bool is_headline = true;
  for (const Violation& violation : result.violations) {
    if (is_headline) {
      if (!violation.cause.empty()) {
        text += labelled(Text("why", Ink::Strong), violation.cause, page);
      }
      if (violation.doomed_at != 0 && !violation.thread.empty()) {
        text += labelled(Text(fmt::format("◀ step {}", violation.doomed_at), Ink::Strong),
                         fmt::format("from here on nothing can wake {}", violation.thread), page);
      }
    } else {
      text += labelled(Text("also", Ink::Strong),
                       finding_name(violation.property) + ": " + violation.sentence, page);
    }
    is_headline = false;
  }
  if (result.counterexample) {
    text += labelled_command(Text("again", Ink::Strong),
                             replay_command(subject, result.counterexample->token, page), page);
  }
  return text;
}

}  // namespace wakesim
