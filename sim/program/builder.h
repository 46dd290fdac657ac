// Used while a scenario is loaded: Builder makes objects, Effects collects what calls may do.

#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <type_traits>
#include <unordered_map>
#include <utility>
#include <vector>

#include "sim/ids.h"
#include "sim/program/catalogue.h"
#include "sim/program/step.h"
#include "sim/state/footprint.h"
#include "sim/state/layout.h"

namespace wakesim {

struct System;
class Effects;

// Lays out objects. Everything made here has its initial value from the start of every run.
class Builder {
 public:
  explicit Builder(System& system) : system_(system) {}

  // A place in the state with a conflict class of its own, or sharing one.
  template <class T>
  Cell<T> add_cell(const std::string& name, const T& initial) {
    return add_cell(initial, add_class(name));
  }
  template <class T>
  Cell<T> add_cell(const T& initial, ClassId cls) {
    static_assert(std::has_unique_object_representations_v<T>);
    return {reserve(&initial, sizeof(T), alignof(T), cls), cls};
  }
  ClassId add_class(const std::string& name);

  // A list of entries; its capacity follows from the calls that may enqueue on it. Lists that
  // share a conflict class count as one for footprints.
  ListId add_list(const std::string& name);
  ListId add_list(ClassId cls);

  // An entry that belongs to an object. Whoever finds it on a list and runs its callback may write
  // these classes and wake these lists.
  EntryId add_entry(ClassId cls, std::vector<ClassId> written, std::vector<ListId> woken);
  // What its callback reads besides, said as a call would say it.
  void callback_reads(EntryId entry, const std::function<void(Effects&)>& tell);
  // The entry may stand on this list from the start; calls say so with Effects::links().
  void may_link(EntryId entry, ListId list);

  // Runs on the initial state, when everything has its place: for what the scenario declares to
  // have happened before the first step. In the order of the requests.
  void at_start(std::function<void(Step&)> action);

  // Each thread gets a subframe of so many bytes; the largest request counts.
  void reserve_subframe(std::size_t bytes);

  // The list that belongs to a word (its futex queue), made at the first request.
  ListId list_of_word(WordId word);

  // A record outside the state, found again by View::object<T>. Never changes during a run.
  template <class T>
  ObjectId emplace(const std::string& name, T record) {
    return add_record(name, std::shared_ptr<void>(std::make_shared<T>(std::move(record))));
  }
  template <class T>
  T& record(ObjectId id) {
    return *static_cast<T*>(record_pointer(id));
  }

  // The records so far, as steps will see them. There is no state yet.
  View records() const;

  // One note of the models' own per scenario, by key: `kernel`'s descriptor table, say.
  // Found again by System::singleton(key).
  void set_singleton(std::string_view key, ObjectId id);
  ObjectId singleton(std::string_view key) const;  // 0 if there is none.

  // How often calls of this name are written in the program, each member of a group counted.
  // For sizing pools (descriptors that `dup` may open).
  std::size_t call_sites(std::string_view call) const;
  // Does the scenario declare an object of this kind, by itself or as a field of others?
  bool declares(std::string_view kind) const;

  // The actor of this object's device.
  ThreadId device_of(const std::string& object);

  std::size_t thread_count() const;
  const std::string& thread_name(ThreadId thread) const;
  // Numbers of the handlers that the thread has, and whether some call may unwind it.
  std::vector<std::int64_t> handled_by(ThreadId thread) const;
  bool is_unwindable(ThreadId thread) const;
  int dialect(SwitchId id) const;
  bool is_on(SwitchId id) const { return dialect(id) != 0; }
  bool is_timed() const;

  // The scenario is wrong in a way that only the model can see (a bad initial value).
  void error(std::string message);
  const std::vector<std::string>& errors() const { return errors_; }

 private:
  std::uint32_t reserve(const void* initial, std::size_t size, std::size_t alignment, ClassId cls);
  ObjectId add_record(const std::string& name, std::shared_ptr<void> record);
  void* record_pointer(ObjectId id);

  System& system_;
  std::vector<std::string> errors_;
  std::unordered_map<std::string, ThreadId> devices_;  // By object; filled at the first request.
};

// Collects what one call may ever read, write, wake and enqueue: its static future. A recorded
// footprint must lie inside (checked in the test build).
class Effects {
 public:
  Effects(System& system, ThreadId thread) : system_(system), thread_(thread) {}

  const System& system() const { return system_; }
  ThreadId thread() const { return thread_; }

  void reads(ClassId cls) { footprint_.reads.add(cls); }
  void writes(ClassId cls) {
    footprint_.reads.add(cls);
    footprint_.writes.add(cls);
  }
  template <class T>
  void reads(Cell<T> cell) {
    reads(cell.cls);
  }
  template <class T>
  void writes(Cell<T> cell) {
    writes(cell.cls);
  }
  void reads_word(WordId word);
  void writes_word(WordId word);
  ListId list_of_word(WordId word);  // Made at the first request.

  void enqueues(ListId list);  // May link its entries there: writes the list and its own run word.
  // May link there, or unlink, the one entry that the thread has for this list and that outlives
  // the call.
  void keeps_entry(ListId list);
  void wakes(ListId list);  // May wake whoever can be linked there: their run words.
  // May move whoever can be linked on `from` to `to` (futex_requeue): from then on their calls may
  // unlink there, and wakes of `to` may find them.
  void moves(ListId from, ListId to);
  // May link an object's entry there, or unlink it.
  void links(EntryId entry, ListId list);
  void wakes_thread(ThreadId thread);
  void sleeps();  // Writes its own run word.
  // Reads and writes what another call of this thread does (made with fresh()), but links nothing
  // and wakes nobody.
  void touches(const Effects& other);
  Effects fresh() const { return Effects(system_, thread_); }
  void arms_timer();
  void arms_timer_of(ThreadId device);

  template <class T>
  const T& object(ObjectId id) const {
    return *static_cast<const T*>(record_pointer(id));
  }
  // The records as steps see them. There is no state.
  View records() const;

  const Footprint& footprint() const { return footprint_; }
  const std::vector<ListId>& enqueued() const { return enqueued_; }
  const std::vector<ListId>& kept() const { return kept_; }
  const std::vector<ListId>& woken() const { return woken_; }
  const std::vector<std::pair<ListId, ListId>>& moved() const { return moved_; }
  const std::vector<std::pair<EntryId, ListId>>& linked() const { return linked_; }
  const std::vector<ThreadId>& woken_threads() const { return woken_threads_; }
  bool has_timer() const { return has_timer_; }

 private:
  const void* record_pointer(ObjectId id) const;

  System& system_;
  ThreadId thread_;
  Footprint footprint_;
  std::vector<ListId> enqueued_;
  std::vector<ListId> kept_;
  std::vector<ListId> woken_;
  std::vector<std::pair<ListId, ListId>> moved_;
  std::vector<std::pair<EntryId, ListId>> linked_;
  std::vector<ThreadId> woken_threads_;
  bool has_timer_ = false;
};

}  // namespace wakesim
