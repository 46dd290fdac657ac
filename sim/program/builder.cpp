#include "sim/program/builder.h"

#include <algorithm>
#include <cstring>

#include "sim/assert.h"
#include "sim/program/load.h"
#include "sim/program/system.h"

namespace wakesim {
namespace {

ListId make_list_of_word(System& system, WordId id) {
  Word& word = system.words[index(id)];
  if (!word.has_list) {
    const ClassId cls = system.layout.add_class("queue of " + word.name);
    word.list = static_cast<ListId>(system.layout.lists.size());
    word.has_list = true;
    system.layout.lists.push_back({.cls = cls});
  }
  return word.list;
}

// No type holds itself: check_types() has seen to that.
bool declares_in(const ast::Instance& instance, const std::vector<ast::Object>& objects,
                 std::string_view kind) {
  const auto& types = instance.types;
  return std::any_of(objects.begin(), objects.end(), [&](const ast::Object& object) {
    if (object.kind == kind) return true;
    const auto type = std::find_if(types.begin(), types.end(),
                                   [&](const auto& each) { return each.name == object.kind; });
    return type != types.end() && declares_in(instance, type->fields, kind);
  });
}

}  // namespace

ClassId Builder::add_class(const std::string& name) { return system_.layout.add_class(name); }

ListId Builder::add_list(const std::string& name) { return add_list(add_class(name)); }

ListId Builder::add_list(ClassId cls) {
  system_.layout.lists.push_back({.cls = cls});
  return static_cast<ListId>(system_.layout.lists.size() - 1);
}

EntryId Builder::add_entry(ClassId cls, std::vector<ClassId> written, std::vector<ListId> woken) {
  const auto id = static_cast<EntryId>(system_.layout.entries.size());
  const std::vector<std::byte> zero(entry_bytes(system_.layout.kind));
  system_.layout.entries.push_back({reserve(zero.data(), zero.size(), 8, cls), cls, kNoThread});
  system_.relays.push_back({std::move(written), {}, std::move(woken), {}});
  return id;
}

void Builder::callback_reads(EntryId entry, const std::function<void(Effects&)>& tell) {
  Effects effects(system_, ThreadId{0});
  tell(effects);
  system_.relays[index(entry)].read.add_all(effects.footprint().reads);
}

void Builder::may_link(EntryId entry, ListId list) {
  system_.relays[index(entry)].lists.push_back(list);
}

void Builder::at_start(std::function<void(Step&)> action) {
  system_.at_start.push_back(std::move(action));
}

void Builder::reserve_subframe(std::size_t bytes) {
  const auto needed = static_cast<std::uint32_t>((bytes + 7) / 8 * 8);
  system_.subframe_bytes = std::max(system_.subframe_bytes, needed);
}

ListId Builder::list_of_word(WordId word) { return make_list_of_word(system_, word); }

View Builder::records() const { return View(system_, nullptr, nullptr); }

void Builder::set_singleton(std::string_view key, ObjectId id) {
  system_.singletons.insert_or_assign(std::string(key), id);
}

ObjectId Builder::singleton(std::string_view key) const {
  const auto found = system_.singletons.find(key);
  return found == system_.singletons.end() ? ObjectId{} : found->second;
}

std::size_t Builder::call_sites(std::string_view call) const {
  return count_call_sites(system_.instance, call);
}

bool Builder::declares(std::string_view kind) const {
  return declares_in(system_.instance, system_.instance.objects, kind);
}

std::size_t Builder::thread_count() const { return system_.threads.size(); }

const std::string& Builder::thread_name(ThreadId thread) const {
  return system_.threads[index(thread)].name;
}

std::vector<std::int64_t> Builder::handled_by(ThreadId thread) const {
  std::vector<std::int64_t> numbers;
  const ast::Thread& declared = system_.instance.threads[system_.threads[index(thread)].code];
  for (const ast::Handler& handler : declared.handlers) {
    for (const ModelTable& model : system_.catalogue->models) {
      for (const ConstantRow& row : model.constants) {
        if (row.name == handler.signal) numbers.push_back(row.value);
      }
    }
  }
  return numbers;
}

ThreadId Builder::device_of(const std::string& object) {
  if (devices_.empty()) {
    constexpr std::string_view kOf = " of ";
    for (std::size_t t = 0; t < system_.threads.size(); ++t) {
      const std::string& name = system_.threads[t].name;
      if (!system_.threads[t].is_device) continue;
      devices_.emplace(name.substr(name.find(kOf) + kOf.size()), static_cast<ThreadId>(t));
    }
  }
  const auto known = devices_.find(object);
  WAKESIM_ASSERT(known != devices_.end());
  return known->second;
}

bool Builder::is_unwindable(ThreadId thread) const {
  return system_.threads[index(thread)].is_unwindable;
}

int Builder::dialect(SwitchId id) const { return system_.dialect[static_cast<std::size_t>(id)]; }

bool Builder::is_timed() const { return system_.layout.kind == LayoutKind::Timed; }

void Builder::error(std::string message) { errors_.push_back(std::move(message)); }

std::uint32_t Builder::reserve(const void* initial, std::size_t size, std::size_t alignment,
                               ClassId cls) {
  const std::uint32_t offset = system_.layout.reserve(static_cast<std::uint32_t>(size),
                                                      static_cast<std::uint32_t>(alignment), cls);
  system_.initial.resize(system_.layout.bytes);
  std::memcpy(system_.initial.data() + offset, initial, size);
  return offset;
}

ObjectId Builder::add_record(const std::string& name, std::shared_ptr<void> record) {
  system_.records.push_back({name, std::move(record)});
  return static_cast<ObjectId>(system_.records.size() - 1);
}

void* Builder::record_pointer(ObjectId id) { return system_.records[index(id)].record.get(); }

View Effects::records() const { return View(system_, nullptr, nullptr); }

void Effects::reads_word(WordId word) { reads(system_.words[index(word)].cls); }

void Effects::writes_word(WordId word) { writes(system_.words[index(word)].cls); }

ListId Effects::list_of_word(WordId word) { return make_list_of_word(system_, word); }

void Effects::enqueues(ListId list) {
  writes(system_.layout.lists[index(list)].cls);
  sleeps();
  enqueued_.push_back(list);
}

void Effects::keeps_entry(ListId list) {
  writes(system_.layout.lists[index(list)].cls);
  sleeps();
  kept_.push_back(list);
}

void Effects::wakes(ListId list) {
  writes(system_.layout.lists[index(list)].cls);
  woken_.push_back(list);
}

void Effects::moves(ListId from, ListId to) {
  wakes(from);
  wakes(to);
  moved_.emplace_back(from, to);
}

void Effects::links(EntryId entry, ListId list) {
  writes(system_.layout.lists[index(list)].cls);
  writes(system_.layout.entries[index(entry)].cls);
  linked_.emplace_back(entry, list);
}

void Effects::wakes_thread(ThreadId thread) {
  woken_threads_.push_back(thread);
  writes(system_.layout.threads[index(thread)].run_class);
}

void Effects::sleeps() { writes(system_.layout.threads[index(thread_)].run_class); }

void Effects::touches(const Effects& other) {
  footprint_.reads.add_all(other.footprint_.reads);
  footprint_.writes.add_all(other.footprint_.writes);
}

void Effects::arms_timer_of(ThreadId device) {
  writes(system_.layout.threads[index(device)].run_class);
  writes(system_.clock_class);
}

void Effects::arms_timer() {
  sleeps();
  has_timer_ = true;
}

const void* Effects::record_pointer(ObjectId id) const {
  return system_.records[index(id)].record.get();
}

}  // namespace wakesim
