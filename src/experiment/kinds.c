#include "experiment/kinds.h"

#include "detect/detector.h"
#include "features/extractor.h"
#include "label/backend.h"
#include "telemetry/reader.h"
#include "train/classifier.h"

const struct plugin_list *kind_list(size_t i)
{
    const struct plugin_list *lists[KIND_COUNT] = {reader_list(), extractor_list(), detector_list(), backend_list(),
                                                   classifier_list()};
    ASSERT(i < KIND_COUNT);
    return lists[i];
}
