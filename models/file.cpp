#include "models/file.h"

#include <algorithm>
#include <cerrno>
#include <deque>
#include <numeric>
#include <type_traits>
#include <utility>

#include "models/switches.h"
#include "sim/assert.h"
#include "sim/program/system.h"

namespace wakesim {
namespace file {
namespace {

// Filled while the catalogue is made, constant from then on. A deque: references stay valid.
std::deque<FileOperations>& kinds() {
  static std::deque<FileOperations> instance;
  return instance;
}

constexpr std::string_view kSingleton = "files";
constexpr std::int64_t kFirstNumber = 3;

// What a number stands for now. The kernel has a pointer; who stored it is for reports of leaks.
struct Slot {
  std::uint32_t file;    // 1 + FileId, 0, or kReserved.
  std::uint32_t opener;  // 1 + ThreadId, or 0 if it was declared.
};
static_assert(std::has_unique_object_representations_v<Slot>);

// The number is taken and leads nowhere yet.
constexpr std::uint32_t kReserved = ~std::uint32_t{0};

// FileState::flags without references: the file has ties that must be cut.
constexpr std::uint32_t kDying = ~std::uint32_t{0};

struct Number {
  FileId initial = kNoFile;
  Cell<Slot> slot;  // Only where numbers are opened or closed.
};

// struct files_struct, and every file that may exist.
struct FileTable {
  bool is_constant = true;
  std::size_t opening_sites = 0;
  std::vector<OpenFile> files;
  std::vector<Number> numbers;  // From kFirstNumber on.
  Ties ties;
  NumberTies number_ties;
};

const FileTable& table_of(const View& view) {
  const auto found = view.system().singletons.find(kSingleton);
  WAKESIM_ASSERT(found != view.system().singletons.end());
  return view.object<FileTable>(found->second);
}

const FileTable& table_of(const Effects& effects) {
  const auto found = effects.system().singletons.find(kSingleton);
  WAKESIM_ASSERT(found != effects.system().singletons.end());
  return effects.object<FileTable>(found->second);
}

FileTable& table_of(Builder& builder) {
  if (const ObjectId known = builder.singleton(kSingleton); known != ObjectId{}) {
    return builder.record<FileTable>(known);
  }
  FileTable table;
  table.opening_sites = opening_call_sites(builder);
  table.is_constant = table.opening_sites == 0 && builder.call_sites("close") == 0;
  const ObjectId id = builder.emplace(std::string(kSingleton), std::move(table));
  builder.set_singleton(kSingleton, id);
  return builder.record<FileTable>(id);
}

const Number* find_number(const FileTable& table, std::int64_t number) {
  const std::int64_t place = number - kFirstNumber;
  if (place < 0 || place >= static_cast<std::int64_t>(table.numbers.size())) return nullptr;
  return &table.numbers[static_cast<std::size_t>(place)];
}

FileId add_file(FileTable& table, Builder& builder, OpenFile file, std::uint32_t references) {
  if (!table.is_constant) {
    const FileState state{references, references == 0 ? 0 : file.flags};
    file.state = builder.add_cell(file.name + " (open file)", state);
  }
  table.files.push_back(std::move(file));
  return static_cast<FileId>(table.files.size() - 1);
}

void add_number(FileTable& table, Builder& builder, FileId file) {
  Number number{file, {}};
  if (!table.is_constant) {
    const std::int64_t value = kFirstNumber + static_cast<std::int64_t>(table.numbers.size());
    const Slot slot{file == kNoFile ? 0 : index(file) + 1, 0};
    number.slot = builder.add_cell("descriptor " + std::to_string(value), slot);
  }
  table.numbers.push_back(number);
}

FileId lookup_in(const View& view, const FileTable& table, std::int64_t value) {
  const Number* number = find_number(table, value);
  if (number == nullptr) return kNoFile;
  if (table.is_constant) return number->initial;
  const std::uint32_t file = view.read(number->slot).file;
  return file == 0 || file == kReserved ? kNoFile : static_cast<FileId>(file - 1);
}

// An argument as a frame keeps it: what is no descriptor at all is -1.
std::int32_t to_number(std::int64_t argument) {
  return argument < 0 || argument > INT32_MAX ? -1 : static_cast<std::int32_t>(argument);
}

// For messages: the open file if a call has found it, else what the number stood for at first.
std::string name_of(const View& view, FileId file, std::int32_t number) {
  if (file == kNoFile) file = declared_file(view, number);
  if (file == kNoFile) return "descriptor " + std::to_string(number);
  return open_file(view, file).name;
}

// Calls `visit` with each number of `numbers` that the table has.
template <class Visit>
void for_each_number(const FileTable& table, const PossibleValues& numbers, Visit visit) {
  // No look at the others: there may be a hundred thousand, and each of as many threads asks.
  const std::int64_t last = kFirstNumber + static_cast<std::int64_t>(table.numbers.size());
  const std::int64_t begin =
      numbers.is_any ? kFirstNumber : std::clamp(numbers.first, kFirstNumber, last);
  for (std::int64_t value = begin; value < last; ++value) {
    if (!numbers.is_any && value - numbers.first >= numbers.count) break;
    visit(table.numbers[static_cast<std::size_t>(value - kFirstNumber)]);
  }
}

void reference_effects(Effects& effects, const FileTable& table, const OpenFile& file) {
  if (table.is_constant) return;
  effects.writes(file.state);
  if (file.operations->release_effects != nullptr) {
    file.operations->release_effects(effects, file);
  }
  if (table.ties.effects != nullptr) {
    table.ties.effects(effects, static_cast<FileId>(&file - table.files.data()));
  }
}

}  // namespace

// ---- Kinds --------------------------------------------------------------------------------------

const FileOperations& register_kind(FileOperations operations) {
  operations.id = static_cast<KindId>(kinds().size());
  return kinds().emplace_back(operations);
}

const FileOperations& operations_of(KindId kind) { return kinds()[static_cast<std::size_t>(kind)]; }

// ---- While the scenario is loaded ---------------------------------------------------------------

std::size_t opening_call_sites(const Builder& builder) {
  std::size_t sites = 0;
  for (const char* call : {"dup", "eventfd", "futex_fd", "signalfd", "accept", "accept4",
                           "epoll_create", "epoll_create1"})
    sites += builder.call_sites(call);
  return sites;
}

void add_spare_number(Builder& builder) {
  FileTable& table = table_of(builder);
  WAKESIM_ASSERT(!table.is_constant);
  ++table.opening_sites;
}

std::int64_t open_at_load(Builder& builder, OpenFile file) {
  FileTable& table = table_of(builder);
  const FileId id = add_file(table, builder, std::move(file), 1);
  add_number(table, builder, id);
  return kFirstNumber + static_cast<std::int64_t>(table.numbers.size()) - 1;
}

FileId add_to_pool(Builder& builder, OpenFile file) {
  file.is_pooled = true;
  return add_file(table_of(builder), builder, std::move(file), 0);
}

void set_ties(Builder& builder, const Ties& ties) { table_of(builder).ties = ties; }

void set_number_ties(Builder& builder, const NumberTies& ties) {
  table_of(builder).number_ties = ties;
}

void finish_table(Builder& builder) {
  FileTable& table = table_of(builder);
  for (std::size_t i = 0; i < table.opening_sites; ++i) add_number(table, builder, kNoFile);
}

// ---- During a run -------------------------------------------------------------------------------

bool is_table_constant(const View& view) { return table_of(view).is_constant; }

const OpenFile& open_file(const View& view, FileId file) {
  return table_of(view).files[index(file)];
}

std::size_t file_count(const View& view) { return table_of(view).files.size(); }

std::vector<std::int64_t> declared_numbers(const View& view) {
  const FileTable& table = table_of(view);
  std::vector<std::int64_t> numbers;
  for (std::size_t i = 0; i < table.numbers.size(); ++i) {
    if (table.numbers[i].initial == kNoFile) continue;
    numbers.push_back(kFirstNumber + static_cast<std::int64_t>(i));
  }
  return numbers;
}

std::vector<std::int64_t> all_numbers(const View& view) {
  std::vector<std::int64_t> numbers(table_of(view).numbers.size());
  std::iota(numbers.begin(), numbers.end(), kFirstNumber);
  return numbers;
}

std::uint32_t flags_of(const View& view, FileId id) {
  const OpenFile& file = open_file(view, id);
  return file.is_pooled ? view.read(file.state).flags : file.flags;
}

FileId lookup(const View& view, std::int64_t number) {
  return lookup_in(view, table_of(view), number);
}

FileId declared_file(const View& view, std::int64_t value) {
  const Number* number = find_number(table_of(view), value);
  return number == nullptr ? kNoFile : number->initial;
}

std::vector<const OpenFile*> declared_files(const Effects& effects, const PossibleValues& numbers) {
  const FileTable& table = table_of(effects);
  std::vector<const OpenFile*> files;
  for_each_number(table, numbers, [&](const Number& number) {
    if (number.initial != kNoFile) files.push_back(&table.files[index(number.initial)]);
  });
  return files;
}

std::vector<const OpenFile*> files_of(const Effects& effects, const FileOperations& operations) {
  std::vector<const OpenFile*> files;
  for (const OpenFile& open : table_of(effects).files) {
    if (open.operations == &operations) files.push_back(&open);
  }
  return files;
}

void take_reference(Step& step, FileId id) {
  const FileTable& table = table_of(step);
  if (table.is_constant) return;
  const OpenFile& file = table.files[index(id)];
  FileState state = step.read(file.state);
  ++state.references;
  step.write(file.state, state);
}

bool is_dying(const View& view, FileId id) {
  const FileTable& table = table_of(view);
  if (table.is_constant) return false;
  const FileState state = view.read(table.files[index(id)].state);
  return state.references == 0 && state.flags == kDying;
}

bool may_fput(const View& view, ThreadId thread, FileId id) {
  if (!is_dying(view, id)) return true;
  const Ties& ties = table_of(view).ties;
  return !ties.exist(view, id) || ties.may_cut(view, thread, id);
}

// The kernel drops to zero first and runs __fput() on the way out of the system call. Nobody can
// see the zero in between: no number leads to the file any more and no call holds it.
Progress fput(Step& step, FileId id) {
  const FileTable& table = table_of(step);
  if (table.is_constant) return Progress::Returned;
  const OpenFile& file = table.files[index(id)];
  const Ties& ties = table.ties;
  FileState state = step.read(file.state);
  if (is_dying(step, id) && ties.exist(step, id)) {
    ties.cut(step, id);
    return Progress::Continues;
  }
  if (!is_dying(step, id)) {
    WAKESIM_ASSERT(state.references > 0);
    --state.references;
    const bool is_last = state.references == 0;
    if (step.is_on(wakesim::id(Switch::FileReleasesEarly))) {
      step.write(file.state, state);
      if (state.references == 1 && file.operations->release != nullptr) {
        file.operations->release(step, file);
      }
      return Progress::Returned;
    }
    const bool has_ties = is_last && ties.exist != nullptr && ties.exist(step, id);
    if (is_last) state.flags = has_ties ? kDying : 0;
    step.write(file.state, state);
    if (!is_last) return Progress::Returned;
    if (has_ties) return Progress::Continues;
  }
  step.write(file.state, FileState{});
  if (file.operations->release != nullptr) file.operations->release(step, file);
  return Progress::Returned;
}

bool may_ask(const View& view, ThreadId thread, const OpenFile& file) {
  const PollMethod& method = file.operations->poll;
  return method.enabled == nullptr || method.enabled(view, thread, file);
}

std::optional<std::uint32_t> ask(Step& step, const OpenFile& file, Asked& asked) {
  const PollMethod& method = file.operations->poll;
  if (method.step != nullptr) return method.step(step, file);
  if (asked.loads == 0 && method.announce != nullptr && method.announce(step, file)) return {};
  asked.mask |= method.load(step, file, asked.loads);
  ++asked.loads;
  if (asked.loads < method.loads(step, file)) return {};
  const std::uint32_t mask = asked.mask;
  asked = {};
  return mask;
}

FileId find_unused(Step& step, const FileOperations& operations) {
  const FileTable& table = table_of(step);
  for (std::size_t i = 0; i < table.files.size(); ++i) {
    const OpenFile& file = table.files[i];
    if (!file.is_pooled || file.operations != &operations) continue;
    const FileState state = step.read(file.state);
    if (state.references == 0 && state.flags != kDying) return static_cast<FileId>(i);
  }
  return kNoFile;
}

std::int64_t reserve_number(Step& step) {
  const FileTable& table = table_of(step);
  const std::size_t count = table.numbers.size();
  const bool is_highest = step.is_on(wakesim::id(Switch::FileHighestNumber));
  for (std::size_t i = 0; i < count; ++i) {
    const std::size_t place = is_highest ? count - 1 - i : i;
    if (step.read(table.numbers[place].slot).file != 0) continue;
    step.write(table.numbers[place].slot, Slot{kReserved, index(step.thread()) + 1});
    return kFirstNumber + static_cast<std::int64_t>(place);
  }
  return step.is_on(wakesim::id(Switch::FileFullTableIsEnfile)) ? -ENFILE : -EMFILE;
}

void fill_number(Step& step, std::int64_t number, FileId id, std::uint32_t flags) {
  const FileTable& table = table_of(step);
  const Number* taken = find_number(table, number);
  WAKESIM_ASSERT(taken != nullptr);
  WAKESIM_ASSERT(step.read(taken->slot).file == kReserved);
  step.write(taken->slot, Slot{index(id) + 1, index(step.thread()) + 1});
  const OpenFile& file = table.files[index(id)];
  FileState state = step.read(file.state);
  if (state.references == 0) state = {1, flags};
  step.write(file.state, state);
}

void give_back_number(Step& step, std::int64_t number) {
  const Number* taken = find_number(table_of(step), number);
  WAKESIM_ASSERT(taken != nullptr);
  step.write(taken->slot, Slot{});
}

std::int64_t install(Step& step, FileId id, std::uint32_t flags) {
  const std::int64_t number = reserve_number(step);
  if (number >= 0) fill_number(step, number, id, flags);
  return number;
}

std::vector<const OpenFile*> lookup_effects(Effects& effects, const PossibleValues& numbers) {
  const FileTable& table = table_of(effects);
  std::vector<const OpenFile*> files;
  bool is_known = false;
  for_each_number(table, numbers, [&](const Number& number) {
    is_known = true;
    if (!table.is_constant) effects.reads(number.slot);
    // Once numbers are given out, any number may come to stand for any file.
    if (table.opening_sites == 0 && number.initial != kNoFile) {
      files.push_back(&table.files[index(number.initial)]);
    }
  });
  if (table.opening_sites != 0 && is_known) {
    for (const OpenFile& file : table.files) files.push_back(&file);
  }
  for (const OpenFile* file : files) reference_effects(effects, table, *file);
  return files;
}

std::vector<const OpenFile*> open_effects(Effects& effects, const FileOperations& operations) {
  const FileTable& table = table_of(effects);
  std::vector<const OpenFile*> files;
  for (const Number& number : table.numbers) effects.writes(number.slot);
  for (const OpenFile& file : table.files) {
    if (!file.is_pooled || file.operations != &operations) continue;
    effects.writes(file.state);
    files.push_back(&file);
  }
  return files;
}

std::vector<OpenDescriptor> open_descriptors(const View& view) {
  const FileTable& table = table_of(view);
  std::vector<OpenDescriptor> open;
  for (std::size_t i = 0; i < table.numbers.size(); ++i) {
    const std::int64_t value = kFirstNumber + static_cast<std::int64_t>(i);
    const FileId file = lookup(view, value);
    if (file == kNoFile) continue;
    OpenDescriptor descriptor{value, table.files[index(file)].name, true, {}};
    if (!table.is_constant) {
      const Slot slot = view.read(table.numbers[i].slot);
      descriptor.is_declared = slot.opener == 0;
      if (slot.opener != 0) descriptor.opener = static_cast<ThreadId>(slot.opener - 1);
    }
    open.push_back(std::move(descriptor));
  }
  return open;
}

namespace {

// ---- read(2), write(2) --------------------------------------------------------------------------

// A read or write in flight.
//
//   Fdget -- open --> InFile -- the file's own steps --> Fput --> returned
//     |                 ^                         (constant table: returned)
//     |                 +-- constant table: the call begins here
//     +-- not open, or not in this direction --> returned -EBADF
struct TransferCall {
  enum class At : std::uint8_t { NotOpen, Fdget, InFile, Fput };
  enum class Direction : std::uint8_t { Read, Write };

  std::array<std::byte, kInnerBytes> inner;  // The file's own frame.
  std::int64_t value;                        // The argument; the result once at Fput.
  std::int64_t size;                         // The argument of a write.
  std::int32_t number;
  FileId file;
  ThreadId thread;
  At at;
  Direction direction;
  KindId kind;      // Of the file, once it is known.
  bool is_counted;  // The call holds a reference.
};
static_assert(std::has_unique_object_representations_v<TransferCall>);

using At = TransferCall::At;
using Direction = TransferCall::Direction;

const Transfer& transfer_of(const FileOperations& operations, Direction direction) {
  return direction == Direction::Read ? operations.read : operations.write;
}

const Transfer& transfer_of(const TransferCall& call) {
  return transfer_of(operations_of(call.kind), call.direction);
}

bool is_open_for(const FileTable& table, FileId file, Direction direction) {
  if (file == kNoFile) return false;
  return transfer_of(*table.files[index(file)].operations, direction).begin != nullptr;
}

// Why a number cannot be read or written.
std::int64_t bad_number(const View& view, FileId file) {
  const Switch other =
      file == kNoFile ? Switch::FileBadNumberIsEinval : Switch::FileWrongDirectionIsEinval;
  return view.is_on(wakesim::id(other)) ? -EINVAL : -EBADF;
}

void enter_file(Step& step, const OpenFile& file, FileId id, TransferCall& call) {
  const std::uint32_t flags = file.is_pooled ? step.read(file.state).flags : file.flags;
  const Request request{flags, call.value, call.size};
  call.file = id;
  call.kind = file.operations->id;
  call.at = At::InFile;
  call.value = 0;
  call.size = 0;
  transfer_of(call).begin(step, file, request, call.inner.data());
}

template <Direction direction>
void begin_transfer(Step& step, std::span<const std::int64_t> arguments, TransferCall& call) {
  call = TransferCall{};
  call.number = to_number(arguments[0]);
  call.value = arguments[1];
  call.size = direction == Direction::Write ? arguments[2] : 0;
  call.file = kNoFile;
  call.thread = step.thread();
  call.direction = direction;
  call.at = At::Fdget;
  const FileTable& table = table_of(step);
  if (!table.is_constant) return;
  const FileId file = lookup_in(step, table, call.number);
  if (is_open_for(table, file, direction)) {
    enter_file(step, table.files[index(file)], file, call);
  } else {
    call.at = At::NotOpen;
  }
}

bool transfer_enabled(const View& view, const TransferCall& call) {
  switch (call.at) {
    case At::NotOpen:
    case At::Fdget:
      return true;
    case At::Fput:
      return may_fput(view, call.thread, call.file);
    case At::InFile:
      return transfer_of(call).enabled(view, call.thread, call.inner.data());
  }
  WAKESIM_UNREACHABLE();
}

// Follows fdget_pos(): from here to the end of the call the file cannot go away, whatever happens
// to the number.
Progress step_fdget(Step& step, TransferCall& call) {
  const FileTable& table = table_of(step);
  const FileId file = lookup_in(step, table, call.number);
  if (!is_open_for(table, file, call.direction)) return step.finish(bad_number(step, file));
  if (!step.is_on(wakesim::id(Switch::FileCallsHoldNothing))) {
    take_reference(step, file);
    call.is_counted = true;
  }
  enter_file(step, table.files[index(file)], file, call);
  return Progress::Continues;
}

Progress step_in_file(Step& step, TransferCall& call) {
  if (transfer_of(call).step(step, call.inner.data()) == Progress::Continues) {
    return Progress::Continues;
  }
  if (!call.is_counted) return Progress::Returned;
  call.inner = {};
  call.value = step.result();
  call.at = At::Fput;
  return Progress::Continues;
}

Progress step_transfer(Step& step, TransferCall& call) {
  switch (call.at) {
    case At::NotOpen:
      return step.finish(bad_number(step, lookup(step, call.number)));
    case At::Fdget:
      return step_fdget(step, call);
    case At::InFile:
      return step_in_file(step, call);
    case At::Fput:
      if (fput(step, call.file) == Progress::Continues) return Progress::Continues;
      return step.finish(call.value);
  }
  WAKESIM_UNREACHABLE();
}

std::string_view transfer_phase(const TransferCall& call) {
  switch (call.at) {
    case At::NotOpen:
      return "bad descriptor";
    case At::Fdget:
      return "fdget";
    case At::InFile:
      return transfer_of(call).phase(call.inner.data());
    case At::Fput:
      return "fput";
  }
  WAKESIM_UNREACHABLE();
}

const TransferCall& transfer_call(const std::byte* frame) {
  return *reinterpret_cast<const TransferCall*>(frame);
}

bool transfer_condition(const View& view, const std::byte* frame) {
  const TransferCall& call = transfer_call(frame);
  if (call.at != At::InFile) return true;
  return transfer_of(call).condition(view, call.inner.data());
}

std::string transfer_subject(const View& view, const std::byte* frame) {
  const TransferCall& call = transfer_call(frame);
  return name_of(view, call.file, call.number);
}

template <Direction direction>
void transfer_effects(Effects& effects, std::span<const PossibleValues> arguments) {
  for (const OpenFile* file : lookup_effects(effects, arguments[0])) {
    const Transfer& transfer = transfer_of(*file->operations, direction);
    if (transfer.begin != nullptr) transfer.effects(effects, *file);
  }
}

template <Direction direction>
CallRow transfer_row() {
  CallRow row;
  row.entries = 1;
  bind_frame<TransferCall, begin_transfer<direction>, transfer_enabled, step_transfer,
             transfer_phase>(row);
  row.condition = transfer_condition;
  row.subject = transfer_subject;
  row.effects = transfer_effects<direction>;
  row.is_cancellation_point = true;
  return row;
}

CallRow read_row() {
  CallRow row = transfer_row<Direction::Read>();
  row.name = "read";
  row.parameters = {{.name = "fd", .type = ParameterType::Descriptor},
                    {.name = "n", .is_optional = true, .fallback = kUnwritten}};
  row.about =
      "Reads from a descriptor: the value of an eventfd, the expirations of a timerfd, a signal "
      "from a "
      "signalfd, or how many of at most n bytes came.";
  row.source = "ksys_read() in fs/read_write.c; read(2)";
  row.errors = {
      {"EBADF", "fd is not open, or not for reading"},
      {"EINVAL", "n < 0, n < 8 on an eventfd or timerfd, n < 128 on a signalfd, or an epoll"},
      {"EAGAIN", "nothing to read and O_NONBLOCK"}};
  row.wakes = "as the kind of file says";
  return row;
}

CallRow write_row() {
  CallRow row = transfer_row<Direction::Write>();
  row.name = "write";
  row.parameters = {{.name = "fd", .type = ParameterType::Descriptor},
                    {.name = "v"},
                    {.name = "size", .is_optional = true, .fallback = 8}};
  row.about = "Adds v to an eventfd and gives 8, or writes v bytes and gives how many went.";
  row.source = "ksys_write() in fs/read_write.c; write(2)";
  row.errors = {{"EBADF", "fd is not open, or not for writing"},
                {"EINVAL",
                 "on an eventfd: size is not 8, or v is 2^64-1; on a timerfd, signalfd or epoll; "
                 "elsewhere: v < 0"},
                {"EAGAIN", "no room and O_NONBLOCK"},
                {"EPIPE", "a pipe without readers, a socket without a peer (no SIGPIPE yet)"}};
  row.wakes = "as the kind of file says";
  return row;
}

// ---- No method ----------------------------------------------------------------------------------

struct NoMethod {
  std::int64_t zero;
};

void begin_nothing(Step&, const OpenFile&, const Request&, NoMethod& transfer) { transfer = {}; }
bool nothing_enabled(const View&, ThreadId, const NoMethod&) { return true; }
Progress step_nothing(Step& step, NoMethod&) { return step.finish(-EINVAL); }
std::string_view nothing_phase(const NoMethod&) { return "no such method"; }
bool nothing_condition(const View&, const NoMethod&) { return true; }
void nothing_effects(Effects&, const OpenFile&) {}

// ---- close(2) -----------------------------------------------------------------------------------

// A close(2) in flight: the number is free before the file is dropped.
struct CloseCall {
  enum class At : std::uint8_t { Unlinking, Fput };

  std::int32_t number;
  FileId file;
  ThreadId thread;
  At at;
  std::array<std::uint8_t, 3> zero;
};
static_assert(std::has_unique_object_representations_v<CloseCall>);

void begin_close(Step& step, std::span<const std::int64_t> arguments, CloseCall& call) {
  call = CloseCall{};
  call.thread = step.thread();
  call.number = to_number(arguments[0]);
  call.file = kNoFile;
}

bool close_enabled(const View& view, const CloseCall& call) {
  if (call.at == CloseCall::At::Fput) return may_fput(view, call.thread, call.file);
  const NumberTies& ties = table_of(view).number_ties;
  const bool has_ties = ties.exist != nullptr && ties.exist(view, call.number);
  return !has_ties || ties.may_cut(view, call.thread, call.number);
}

// Follows close(2): file_close_fd() takes the number out under the table's lock, then fput. Calls
// in flight on the file go on undisturbed, and nobody is woken: not even who polls it.
Progress step_close(Step& step, CloseCall& call) {
  switch (call.at) {
    case CloseCall::At::Unlinking: {
      call.file = lookup(step, call.number);
      if (call.file == kNoFile) return step.finish(bad_number(step, kNoFile));
      if (step.is_on(wakesim::id(Switch::FileCloseDoesNothing))) return step.finish(0);
      const NumberTies& ties = table_of(step).number_ties;
      if (ties.exist != nullptr && ties.exist(step, call.number)) {
        ties.cut(step, call.number);
        return Progress::Continues;
      }
      step.write(find_number(table_of(step), call.number)->slot, Slot{});
      call.at = CloseCall::At::Fput;
      return Progress::Continues;
    }
    case CloseCall::At::Fput:
      if (fput(step, call.file) == Progress::Continues) return Progress::Continues;
      return step.finish(0);
  }
  WAKESIM_UNREACHABLE();
}

std::string_view close_phase(const CloseCall& call) {
  switch (call.at) {
    case CloseCall::At::Unlinking:
      return "unlink number";
    case CloseCall::At::Fput:
      return "fput";
  }
  WAKESIM_UNREACHABLE();
}

std::string close_subject(const View& view, const std::byte* frame) {
  const CloseCall& call = *reinterpret_cast<const CloseCall*>(frame);
  return name_of(view, call.file, call.number);
}

void close_effects(Effects& effects, std::span<const PossibleValues> arguments) {
  const FileTable& table = table_of(effects);
  for_each_number(table, arguments[0], [&](const Number& number) { effects.writes(number.slot); });
  lookup_effects(effects, arguments[0]);
  if (table.number_ties.effects != nullptr) table.number_ties.effects(effects);
}

CallRow close_row() {
  CallRow row;
  row.name = "close";
  row.parameters = {{.name = "fd", .type = ParameterType::Descriptor}};
  row.about = "Frees the number; the file itself goes with its last reference.";
  row.source = "close(2) in fs/open.c; file_close_fd() in fs/file.c; __fput() in fs/file_table.c";
  row.errors = {{"EBADF", "fd is not open"}};
  row.wakes = "nobody, unless it was the last reference: then as the kind of file says";
  row.is_cancellation_point = true;
  bind_frame<CloseCall, begin_close, close_enabled, step_close, close_phase>(row);
  row.subject = close_subject;
  row.effects = close_effects;
  return row;
}

// ---- dup(2) -------------------------------------------------------------------------------------

// A dup(2) in flight. Between the look-up and the new number, others may close the old one.
struct DupCall {
  enum class At : std::uint8_t { Fdget, Installing, Fput };

  std::int32_t number;
  FileId file;
  std::int32_t error;  // Why there is no new number.
  ThreadId thread;
  At at;
  std::array<std::uint8_t, 3> zero;
};
static_assert(std::has_unique_object_representations_v<DupCall>);

void begin_dup(Step& step, std::span<const std::int64_t> arguments, DupCall& call) {
  call = DupCall{};
  call.thread = step.thread();
  call.number = to_number(arguments[0]);
  call.file = kNoFile;
}

bool dup_enabled(const View& view, const DupCall& call) {
  return call.at != DupCall::At::Fput || may_fput(view, call.thread, call.file);
}

// Follows dup(2). The reference of fget_raw() becomes the new number's.
Progress step_dup(Step& step, DupCall& call) {
  switch (call.at) {
    case DupCall::At::Fdget:
      call.file = lookup(step, call.number);
      if (call.file == kNoFile) return step.finish(bad_number(step, kNoFile));
      take_reference(step, call.file);
      call.at = DupCall::At::Installing;
      return Progress::Continues;
    case DupCall::At::Installing: {
      const std::int64_t number = install(step, call.file, 0);
      if (number >= 0) return step.finish(number);
      step.note_bound();  // The table of the model is smaller than the kernel's.
      call.error = static_cast<std::int32_t>(number);
      call.at = DupCall::At::Fput;
      return Progress::Continues;
    }
    case DupCall::At::Fput:
      if (fput(step, call.file) == Progress::Continues) return Progress::Continues;
      return step.finish(call.error);
  }
  WAKESIM_UNREACHABLE();
}

std::string_view dup_phase(const DupCall& call) {
  switch (call.at) {
    case DupCall::At::Fdget:
      return "fdget";
    case DupCall::At::Installing:
      return "install number";
    case DupCall::At::Fput:
      return "fput";
  }
  WAKESIM_UNREACHABLE();
}

void dup_effects(Effects& effects, std::span<const PossibleValues> arguments) {
  const FileTable& table = table_of(effects);
  for (const Number& number : table.numbers) effects.writes(number.slot);
  lookup_effects(effects, arguments[0]);
}

CallRow dup_row() {
  CallRow row;
  row.name = "dup";
  row.parameters = {{.name = "fd", .type = ParameterType::Descriptor}};
  row.about = "Gives the lowest free number to the same open file.";
  row.source = "dup(2) in fs/file.c";
  row.errors = {{"EBADF", "fd is not open"},
                {"EMFILE", "no number is free; the bound follows from the calls in the program"}};
  row.wakes = "nobody";
  bind_frame<DupCall, begin_dup, dup_enabled, step_dup, dup_phase>(row);
  row.effects = dup_effects;
  return row;
}

// ---- pending ------------------------------------------------------------------------------------

std::int64_t pending(Step& step, std::span<const std::int64_t> arguments) {
  const FileId id = lookup(step, arguments[0]);
  if (id == kNoFile) return -EBADF;
  const OpenFile& file = open_file(step, id);
  return file.operations->pending == nullptr ? 0 : file.operations->pending(step, file);
}

void pending_effects(Effects& effects, std::span<const PossibleValues> arguments) {
  for (const OpenFile* file : lookup_effects(effects, arguments[0])) {
    if (file->operations->pending_effects != nullptr) {
      file->operations->pending_effects(effects, *file);
    }
  }
}

CallRow pending_row() {
  CallRow row;
  row.name = "pending";
  row.parameters = {{.name = "fd", .type = ParameterType::Descriptor}};
  row.about = "How much is waiting to be read: an observation of the model, not a system call.";
  row.source =
      "the counter of an eventfd; unread expirations of a timerfd; 1 if a signal of a signalfd's "
      "set "
      "is pending for the process; ioctl(FIONREAD) of a pipe or socket; a listener's backlog";
  row.errors = {{"EBADF", "fd is not open"}};
  row.wakes = "nobody";
  row.cost = Cost::Free;
  row.primitive = pending;
  row.is_pure = true;
  row.effects = pending_effects;
  return row;
}

// ---- `file`: a regular file ---------------------------------------------------------------------

// Never blocks and never ends: a read gives what was asked for. It has no poll method.
struct RegularTransfer {
  std::int64_t count;
};

void begin_regular(Step&, const OpenFile&, const Request& request, RegularTransfer& transfer) {
  transfer.count = request.value == kUnwritten ? 1 : request.value;
}
bool regular_enabled(const View&, ThreadId, const RegularTransfer&) { return true; }
Progress step_regular(Step& step, RegularTransfer& transfer) {
  return step.finish(transfer.count < 0 ? -EINVAL : transfer.count);
}
std::string_view regular_phase(const RegularTransfer&) { return "copy"; }
bool regular_condition(const View&, const RegularTransfer&) { return true; }
void regular_effects(Effects&, const OpenFile&) {}

const FileOperations& regular_operations() {
  static const FileOperations& operations = register_kind([] {
    FileOperations result;
    result.kind = "file";
    result.read = make_transfer<RegularTransfer, begin_regular, regular_enabled, step_regular,
                                regular_phase, regular_condition>(regular_effects);
    result.write = result.read;
    return result;
  }());
  return operations;
}

std::int64_t create_regular(Builder& builder, const std::string& name,
                            std::span<const std::int64_t>) {
  OpenFile file;
  file.name = name;
  file.operations = &regular_operations();
  return open_at_load(builder, std::move(file));
}

ObjectRow regular_row() {
  ObjectRow row;
  row.kind = "file";
  row.about = "A regular file: always readable and writable, without a poll method.";
  row.source = "DEFAULT_POLLMASK in include/linux/poll.h; poll(2)";
  row.descriptors = 1;
  row.create = create_regular;
  return row;
}

}  // namespace

Transfer no_such_method() {
  return make_transfer<NoMethod, begin_nothing, nothing_enabled, step_nothing, nothing_phase,
                       nothing_condition>(nothing_effects);
}

}  // namespace file

ModelTable file_model() {
  ModelTable table;
  table.name = "file";
  table.about = "Descriptors: numbers, open files and their references.";
  table.objects = {file::regular_row()};
  table.calls = {file::read_row(), file::write_row(), file::close_row(), file::dup_row(),
                 file::pending_row()};
  table.constants = {{"O_NONBLOCK", file::kNonblock}, {"O_CLOEXEC", file::kCloseOnExec}};
  table.switches = {
      planted_mistake(Switch::FileBadNumberIsEinval, "file.bad-number-is-einval",
                      "A number that is not open gives EINVAL."),
      planted_mistake(Switch::FileWrongDirectionIsEinval, "file.wrong-direction-is-einval",
                      "A read of a write end, or the reverse, gives EINVAL."),
      planted_mistake(Switch::FileCloseDoesNothing, "file.close-does-nothing",
                      "close() returns 0 and leaves the number as it is."),
      planted_mistake(Switch::FileHighestNumber, "file.highest-number",
                      "The highest free number is given out."),
      planted_mistake(Switch::FileFullTableIsEnfile, "file.full-table-is-enfile",
                      "No free number gives ENFILE."),
      planted_mistake(Switch::FileCallsHoldNothing, "file.calls-hold-nothing",
                      "A read or write in flight does not keep its file open."),
      planted_mistake(Switch::FileReleasesEarly, "file.releases-early",
                      "A file is released when one reference is left."),
  };
  return table;
}

}  // namespace wakesim
